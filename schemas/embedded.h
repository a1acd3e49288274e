/* Documents that are part of the program, byte for byte as they stand beside this file. */
#pragma once
extern const char asyncapi_json[], asyncapi_json_end[];
