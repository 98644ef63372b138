; The Windows installer: for one user, without administrator's rights. Run from the root of the
; checkout after making/build.py:
;   makensis -DVERSION=0.1.0 packaging\windows\desktopproc.nsi
; It compiles here; nothing of it was run on a real Windows yet.
Unicode true
SetCompressor /SOLID lzma
!include "MUI2.nsh"
!include "FileFunc.nsh"

!ifndef VERSION
  !error "Name the version: makensis -DVERSION=0.1.0 ..."
!endif
!ifndef FOLDER
  !define FOLDER "..\..\dist\desktopproc"
!endif
!ifndef RESULT
  !define RESULT "..\..\dist\desktopproc-${VERSION}-windows-setup.exe"
!endif

!define NAME "desktopproc"
!define PROGID "desktopproc.file"
!define PROGRAM "$INSTDIR\desktopproc-gui.exe"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\${NAME}"
!define REGISTERED "Software\Classes\Applications\desktopproc-gui.exe"

Name "${NAME}"
OutFile "${RESULT}"
RequestExecutionLevel user
InstallDir "$LOCALAPPDATA\Programs\${NAME}"
InstallDirRegKey HKCU "Software\${NAME}" "Folder"
VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "${NAME}"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "FileDescription" "Processes photos and documents on your own computer"
VIAddVersionKey "LegalCopyright" "The desktopproc authors. AGPL-3.0-or-later."

!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_RUN "${PROGRAM}"
!insertmacro MUI_PAGE_LICENSE "..\..\LICENSE"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"

; "Open with" offers the program for these; what opens them by default stays as it is.
!macro EachType Act
  !insertmacro ${Act} ".jpg"
  !insertmacro ${Act} ".jpeg"
  !insertmacro ${Act} ".png"
  !insertmacro ${Act} ".webp"
  !insertmacro ${Act} ".avif"
  !insertmacro ${Act} ".heic"
  !insertmacro ${Act} ".heif"
  !insertmacro ${Act} ".tif"
  !insertmacro ${Act} ".tiff"
  !insertmacro ${Act} ".jxl"
  !insertmacro ${Act} ".gif"
  !insertmacro ${Act} ".pdf"
  !insertmacro ${Act} ".docx"
  !insertmacro ${Act} ".odt"
  !insertmacro ${Act} ".rtf"
  !insertmacro ${Act} ".epub"
  !insertmacro ${Act} ".csv"
  !insertmacro ${Act} ".xlsx"
!macroend
!macro Offer Extension
  WriteRegStr HKCU "Software\Classes\${Extension}\OpenWithProgids" "${PROGID}" ""
  WriteRegStr HKCU "${REGISTERED}\SupportedTypes" "${Extension}" ""
!macroend
!macro Withdraw Extension
  DeleteRegValue HKCU "Software\Classes\${Extension}\OpenWithProgids" "${PROGID}"
!macroend

; Files of an older version that the new one has no more would be loaded by it.
!macro RemoveProgram
  RMDir /r "$INSTDIR\_internal"
  Delete "$INSTDIR\desktopproc.exe"
  Delete "$INSTDIR\desktopproc-gui.exe"
!macroend

Section "Program"
  SectionIn RO
  ClearErrors
  !insertmacro RemoveProgram
  ${If} ${Errors}
    MessageBox MB_OK|MB_ICONSTOP "desktopproc is running. Close it, then install again." /SD IDOK
    Abort
  ${EndIf}
  SetOutPath "$INSTDIR"
  File /r "${FOLDER}\*.*"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\${NAME}.lnk" "${PROGRAM}"
  CreateShortcut "$SENDTO\${NAME}.lnk" "${PROGRAM}"

  WriteRegStr HKCU "Software\${NAME}" "Folder" "$INSTDIR"
  WriteRegStr HKCU "Software\Classes\${PROGID}" "" "File for desktopproc"
  WriteRegStr HKCU "Software\Classes\${PROGID}\shell\open\command" "" '"${PROGRAM}" "%1"'
  WriteRegStr HKCU "${REGISTERED}" "FriendlyAppName" "${NAME}"
  WriteRegStr HKCU "${REGISTERED}\shell\open\command" "" '"${PROGRAM}" "%1"'
  WriteRegStr HKCU "Software\Classes\Directory\shell\${NAME}" "" "Open with desktopproc"
  WriteRegStr HKCU "Software\Classes\Directory\shell\${NAME}\command" "" '"${PROGRAM}" "%1"'
  !insertmacro EachType Offer

  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "${NAME}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "${PROGRAM}"
  WriteRegStr HKCU "${UNINSTALL}" "Publisher" "The desktopproc authors"
  WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  IntFmt $0 "0x%08X" $0
  WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" "$0"
  ${RefreshShellIcons}
SectionEnd

; Queue, settings and presets are the user's, and stay.
Section "Uninstall"
  !insertmacro EachType Withdraw
  DeleteRegKey HKCU "Software\Classes\${PROGID}"
  DeleteRegKey HKCU "${REGISTERED}"
  DeleteRegKey HKCU "Software\Classes\Directory\shell\${NAME}"
  DeleteRegKey HKCU "${UNINSTALL}"
  DeleteRegKey HKCU "Software\${NAME}"
  Delete "$SMPROGRAMS\${NAME}.lnk"
  Delete "$SENDTO\${NAME}.lnk"
  !insertmacro RemoveProgram
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  ${RefreshShellIcons}
SectionEnd
