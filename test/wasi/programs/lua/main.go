// A Lua interpreter as a command: it runs the script that was packed in.
package main

import (
	"fmt"
	"os"

	lua "github.com/yuin/gopher-lua"
)

func main() {
	state := lua.NewState()
	if err := state.DoFile("/main.lua"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
