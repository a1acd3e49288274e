/* Documents that are part of the program, byte for byte as they stand beside this file. */
#pragma once
extern const char openapi_json[], openapi_json_end[];
extern const char sync_wsdl[], sync_wsdl_end[];
