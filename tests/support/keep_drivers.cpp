// Linked into the tests of sanitizer builds. Graphics drivers unload at eglTerminate(), before
// leaks are counted; their frames would read "unknown module", which no suppression can name.

extern "C" int dlclose(void* module);

extern "C" int dlclose(void* /*module*/) { return 0; }
