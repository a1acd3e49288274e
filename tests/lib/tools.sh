# What the tests need of Python and Node, pinned, under build/: a venv at $VENV, modules at $NODE_PATH. Both are made again when their pins
# change. To be sourced.
export VENV="$PWD/build/venv" NODE_PATH="$PWD/build/node/node_modules"
NODE_CLIENT='soap@1.13.0'        # deploy/demo.sh installs this one, and looks here for it
NODE_PACKAGES="$NODE_CLIENT @asyncapi/parser@3.6.6 ajv@8.18.0 ajv-formats@2.1.1"

tools_python() {
    pins=$(sha256sum <tests/requirements.txt)
    [ "$(cat build/venv/.pins 2>/dev/null)" = "$pins" ] && return
    python=/usr/bin/python3
    [ -x $python ] || python=python3
    rm -rf build/venv
    $python -m venv build/venv && build/venv/bin/pip install --quiet --disable-pip-version-check -r tests/requirements.txt && echo "$pins" >build/venv/.pins
}

tools_node() {
    [ "$(cat build/node/.pins 2>/dev/null)" = "$NODE_PACKAGES" ] && return
    rm -rf build/node
    # shellcheck disable=SC2086   # a list of words
    mkdir -p build/node && npm install --prefix build/node --ignore-scripts --no-audit --no-fund --no-update-notifier $NODE_PACKAGES && echo "$NODE_PACKAGES" >build/node/.pins
}
