# Run with cmake -P: install, configure, build, run. Any failure ends the script.
set(prefix "${BUILD}/install-test/prefix")
set(consumer "${BUILD}/install-test/build")
file(REMOVE_RECURSE "${BUILD}/install-test")

function(step)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

step("${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${prefix}")
step("${CMAKE_COMMAND}" -G Ninja -S "${CMAKE_CURRENT_LIST_DIR}/consumer" -B "${consumer}"
     "-DCMAKE_PREFIX_PATH=${prefix}" "-DCMAKE_CXX_COMPILER=${COMPILER}"
     "-Dglint_VERSION_WANTED=${VERSION}")
step("${CMAKE_COMMAND}" --build "${consumer}")
# Without a GL driver it prints SKIPPED and exits with 77.
execute_process(COMMAND "${consumer}/consumer" "${MODEL}" RESULT_VARIABLE result
                OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(NOT result EQUAL 0 AND NOT result EQUAL 77)
  message(FATAL_ERROR "consumer: ${output}")
endif()
message(STATUS "consumer: ${output}")
