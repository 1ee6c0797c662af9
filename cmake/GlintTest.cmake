# Tests and fuzz targets.
#
#   glint_test(NAME core.tensor SOURCES tensor_test.cpp LIBS glint::core LABELS unit
#              [TIMEOUT seconds] [ARGS ...] [ENVIRONMENT A=b ...] [SERIAL] [NO_MAIN])
#
# A doctest executable in bin/tests, known to ctest by the same name and run in the root of the
# repository. main() comes from tests/support/doctest_main.cpp (NO_MAIN: the sources bring their
# own); it exits with 77, "skipped", when the cases called glint::test::skip() and checked nothing.
# Labels say what a test costs: unit golden conformance gpu fuzz bench install tools.
function(glint_test)
  cmake_parse_arguments(PARSE_ARGV 0 arg "NO_MAIN;SERIAL" "NAME;TIMEOUT"
                        "SOURCES;LIBS;LABELS;ARGS;ENVIRONMENT")
  foreach(required NAME SOURCES LABELS)
    if(NOT arg_${required})
      message(FATAL_ERROR "glint_test(NAME ${arg_NAME}): ${required} is missing")
    endif()
  endforeach()
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "glint_test(NAME ${arg_NAME}): unknown ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()

  set(target "test_${arg_NAME}")
  add_executable(${target} ${arg_SOURCES})
  target_link_libraries(${target} PRIVATE ${arg_LIBS} doctest::doctest)
  if(NOT arg_NO_MAIN)
    glint_test_main()
    target_link_libraries(${target} PRIVATE glint_test_main)
  endif()
  if(GLINT_SANITIZE MATCHES "address")
    target_sources(${target} PRIVATE "${PROJECT_SOURCE_DIR}/tests/support/keep_drivers.cpp")
  endif()
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}")
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME "${arg_NAME}" RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin/tests")

  set(environment EGL_PLATFORM=surfaceless ${GLINT_TEST_ENVIRONMENT} ${arg_ENVIRONMENT})
  add_test(NAME ${arg_NAME} COMMAND ${target} ${arg_ARGS} WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
  set_tests_properties(${arg_NAME} PROPERTIES
    LABELS "${arg_LABELS}" SKIP_RETURN_CODE 77 TIMEOUT ${arg_TIMEOUT} RUN_SERIAL ${arg_SERIAL}
    ENVIRONMENT "${environment}")
endfunction()

# Leaks are counted in our code; drivers keep memory on purpose.
set(GLINT_TEST_ENVIRONMENT "")
if(GLINT_SANITIZE)
  set(GLINT_TEST_ENVIRONMENT
    "LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/cmake/lsan.supp:print_suppressions=0"
    "UBSAN_OPTIONS=print_stacktrace=1")
endif()

# The shared main(), compiled once.
function(glint_test_main)
  if(NOT TARGET glint_test_main)
    add_library(glint_test_main OBJECT "${PROJECT_SOURCE_DIR}/tests/support/doctest_main.cpp")
    target_include_directories(glint_test_main PUBLIC "${PROJECT_SOURCE_DIR}")
    target_link_libraries(glint_test_main PUBLIC doctest::doctest)
  endif()
endfunction()

#   glint_fuzz(NAME safetensors SOURCES safetensors_fuzz.cpp LIBS glint::core
#              [CORPUS folder] [SECONDS 10])
#
# A libFuzzer executable in bin/fuzz, run by ctest for a few seconds under the label fuzz. New
# inputs are kept in the build folder. Does nothing unless GLINT_FUZZ is on.
function(glint_fuzz)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME;CORPUS;SECONDS" "SOURCES;LIBS")
  if(NOT GLINT_FUZZ)
    return()
  endif()
  if(NOT arg_SECONDS)
    set(arg_SECONDS 10)
  endif()
  set(found "${PROJECT_BINARY_DIR}/corpus/${arg_NAME}")
  file(MAKE_DIRECTORY "${found}")
  set(target "fuzz_${arg_NAME}")
  add_executable(${target} ${arg_SOURCES})
  target_link_libraries(${target} PRIVATE ${arg_LIBS})
  target_link_options(${target} PRIVATE -fsanitize=fuzzer)
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME "${arg_NAME}" RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin/fuzz")
  add_test(NAME fuzz.${arg_NAME}
           COMMAND ${target} -max_total_time=${arg_SECONDS} -rss_limit_mb=2048 -print_final_stats=1
                   "-artifact_prefix=${found}/../${arg_NAME}-" "${found}" ${arg_CORPUS}
           WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
  set_tests_properties(fuzz.${arg_NAME} PROPERTIES LABELS fuzz)
endfunction()
