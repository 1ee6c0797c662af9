/// Types, constants and function pointer types of OpenGL ES 3.2; no prototypes, so that nothing
/// can call a driver function except through gpu::Functions.
/// Source: Khronos registry headers GLES3/gl32.h and GLES2/gl2ext.h.
#pragma once

#ifndef GL_GLES_PROTOTYPES
#define GL_GLES_PROTOTYPES 0
#endif
#include <GLES3/gl32.h>
// The extension header must follow the core one.
#include <GLES2/gl2ext.h>
