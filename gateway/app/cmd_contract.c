#include "gateway/app/command.h"
int cmd_contract(int c, char **v) { (void)c; (void)v; return 2; }
