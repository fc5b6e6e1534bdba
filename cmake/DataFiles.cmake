# vw_data_files(FILE...): data files that are installed; programs that were just built find them as installed ones do (lib/datadir.h).
function(vw_data_files)
	install(FILES ${ARGN} DESTINATION ${CMAKE_INSTALL_DATADIR}/vfward)
	foreach(file ${ARGN})
		configure_file(${file} ${CMAKE_BINARY_DIR}/share/vfward/${file} COPYONLY)
	endforeach()
endfunction()
