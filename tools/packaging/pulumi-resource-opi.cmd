@echo off
where node >nul 2>nul
if errorlevel 1 (
  echo pulumi-resource-opi: Node 20 or newer is needed, and there is no node on PATH: https://nodejs.org 1>&2
  exit /b 1
)
node "%~dp0main.js" %*
