// Asks for everything that a program cannot have, and says what it got.
package main

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"time"
)

func numberOf(err error) int {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return int(errno)
	}
	return 0
}

func main() {
	input, _ := io.ReadAll(os.Stdin)
	before := time.Now()
	time.Sleep(1500 * time.Millisecond)
	waited := time.Since(before)
	random := make([]byte, 8)
	rand.Read(random)
	file, _ := os.ReadFile("/data/a.txt")
	_, outside := os.ReadFile("/etc/passwd")
	created := os.WriteFile("/data/new", input, 0o600)
	_, written := os.OpenFile("/data/a.txt", os.O_RDWR, 0)
	_, network := net.Dial("tcp", "127.0.0.1:80")
	entries, _ := os.ReadDir("/data")
	listed := []string{}
	for _, entry := range entries {
		listed = append(listed, entry.Name())
	}
	// Another goroutine than the one that began ends the program.
	done := make(chan struct{})
	go func() {
		json.NewEncoder(os.Stdout).Encode(map[string]any{
			"input": len(input), "time": before.Unix(), "waited": waited.Milliseconds(), "random": hex.EncodeToString(random),
			"file": string(file), "outside": numberOf(outside), "created": numberOf(created), "written": numberOf(written),
			"network": network != nil, "listed": listed, "argument": os.Args[1], "level": os.Getenv("LEVEL"),
		})
		os.Stderr.WriteString("probed\n")
		switch string(input) {
		case "leave":
			os.Exit(0)
		case "fail":
			os.Exit(3)
		}
		close(done)
	}()
	<-done
}
