// What Go's runtime asks of a kernel: threads, goroutines and their scheduler, timers, the garbage collector under
// load, signals, pipes, files, other programs. Prints the same wherever it runs.
package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"runtime/debug"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) > 1 {
		child(os.Args[1:])
		return
	}
	fmt.Println("hello from", runtime.GOOS, runtime.GOARCH)
	channels()
	workers()
	locks()
	timers()
	threads()
	collector()
	preempted()
	faults()
	signals()
	programs()
	files()
}

// A sieve: a goroutine for each prime number.
func channels() {
	source := make(chan int)
	go func() {
		for i := 2; ; i++ {
			source <- i
		}
	}()
	last := 0
	for i := 0; i < 60; i++ {
		last = <-source
		filtered := make(chan int)
		go func(in <-chan int, out chan<- int, prime int) {
			for n := range in {
				if n%prime != 0 {
					out <- n
				}
			}
		}(source, filtered, last)
		source = filtered
	}
	fmt.Println("60th prime number:", last)
}

func workers() {
	work, results := make(chan int, 16), make(chan int, 16)
	var group sync.WaitGroup
	for i := 0; i < 100; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for n := range work {
				results <- n * n
			}
		}()
	}
	go func() {
		for i := 1; i <= 1000; i++ {
			work <- i
		}
		close(work)
		group.Wait()
		close(results)
	}()
	sum := 0
	for n := range results {
		sum += n
	}
	fmt.Println("sum of squares:", sum)
}

func locks() {
	var lock sync.RWMutex
	var once sync.Once
	var group sync.WaitGroup
	var count int
	var atomically int64
	for i := 0; i < 50; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			once.Do(func() { fmt.Println("once") })
			for j := 0; j < 100; j++ {
				lock.Lock()
				count++
				lock.Unlock()
				lock.RLock()
				atomic.AddInt64(&atomically, int64(count-count+1))
				lock.RUnlock()
			}
		}()
	}
	group.Wait()
	fmt.Println("counted:", count, atomically)
	var turn sync.Mutex
	condition, ready := sync.NewCond(&turn), false
	go func() {
		turn.Lock()
		ready = true
		condition.Broadcast()
		turn.Unlock()
	}()
	turn.Lock()
	for !ready {
		condition.Wait()
	}
	turn.Unlock()
	fmt.Println("condition met")
}

func timers() {
	never := make(chan int)
	select {
	case <-never:
		fmt.Println("something from nowhere")
	case <-time.After(5 * time.Millisecond):
		fmt.Println("a timeout")
	}
	ticker, ticks := time.NewTicker(2*time.Millisecond), 0
	for range ticker.C {
		if ticks++; ticks == 5 {
			break
		}
	}
	ticker.Stop()
	var order []int
	var lock sync.Mutex
	var group sync.WaitGroup
	for _, delay := range []int{3, 1, 2} {
		group.Add(1)
		delay := delay
		time.AfterFunc(time.Duration(delay)*100*time.Millisecond, func() {
			lock.Lock()
			order = append(order, delay)
			lock.Unlock()
			group.Done()
		})
	}
	before := time.Now()
	group.Wait()
	fmt.Println("ticks:", ticks, "order:", order, "late enough:", time.Since(before) >= 290*time.Millisecond)
}

// Goroutines that keep a thread of their own.
func threads() {
	var group sync.WaitGroup
	var lock sync.Mutex
	seen := map[int]bool{}
	all := make(chan bool)
	for i := 0; i < 8; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			runtime.LockOSThread()
			lock.Lock()
			seen[syscall.Gettid()] = true
			if len(seen) == 8 {
				close(all)
			}
			lock.Unlock()
			<-all
		}()
	}
	group.Wait()
	fmt.Println("threads:", len(seen))
}

type node struct {
	left, right *node
	filling     [40]byte
}

func tree(depth int) *node {
	if depth == 0 {
		return &node{}
	}
	return &node{left: tree(depth - 1), right: tree(depth - 1)}
}
func (n *node) count() int {
	if n == nil {
		return 0
	}
	return 1 + n.left.count() + n.right.count()
}

func collector() {
	var before, after runtime.MemStats
	debug.SetGCPercent(50)
	runtime.ReadMemStats(&before)
	var group sync.WaitGroup
	sums := make([]int, 4)
	for i := range sums {
		group.Add(1)
		go func(i int) {
			defer group.Done()
			for j := 0; j < 12; j++ {
				sums[i] += tree(11).count()
			}
		}(i)
	}
	group.Wait()
	runtime.GC()
	debug.FreeOSMemory()
	runtime.ReadMemStats(&after)
	fmt.Println("nodes:", sums, "collected:", after.NumGC > before.NumGC, "little left:", after.HeapAlloc < 8<<20)
	finalized := make(chan bool)
	func() { runtime.SetFinalizer(&node{}, func(*node) { close(finalized) }) }()
	for done := false; !done; {
		runtime.GC()
		select {
		case <-finalized:
			done = true
		case <-time.After(time.Millisecond):
		}
	}
	fmt.Println("finalized")
}

// A loop without calls gives way: by a signal to its thread.
func preempted() {
	before := runtime.GOMAXPROCS(1)
	var stop, turns uint64
	done := make(chan bool)
	go func() {
		for atomic.LoadUint64(&stop) == 0 {
			turns++
		}
		close(done)
	}()
	time.Sleep(30 * time.Millisecond)
	atomic.StoreUint64(&stop, 1)
	<-done
	runtime.GOMAXPROCS(before)
	fmt.Println("the loop ended:", turns > 0)
}

func faults() {
	defer func() { fmt.Println("recovered:", recover()) }()
	var nothing *node
	fmt.Println(nothing.left)
}

func signals() {
	arrived := make(chan os.Signal, 4)
	signal.Notify(arrived, syscall.SIGUSR1, syscall.SIGHUP)
	syscall.Kill(syscall.Getpid(), syscall.SIGUSR1)
	fmt.Println("signal:", <-arrived)
	syscall.Kill(syscall.Getpid(), syscall.SIGHUP)
	fmt.Println("signal:", <-arrived)
	signal.Stop(arrived)
}

// What this program does as a child.
func child(arguments []string) {
	switch arguments[0] {
	case "echo":
		fmt.Println(strings.Join(arguments[1:], " "), os.Getenv("WORD"))
	case "upper":
		all, _ := io.ReadAll(os.Stdin)
		os.Stdout.Write(bytes.ToUpper(all))
	case "fail":
		fmt.Fprintln(os.Stderr, "a complaint")
		os.Exit(3)
	case "sleep":
		time.Sleep(time.Hour)
	}
}

func programs() {
	command := exec.Command("/proc/self/exe", "echo", "one", "two")
	command.Env = []string{"WORD=three"}
	said, err := command.Output()
	fmt.Printf("child: %q %v\n", said, err)
	command = exec.Command("/proc/self/exe", "upper")
	command.Stdin = strings.NewReader(strings.Repeat("a pipe's worth. ", 10000))
	said, err = command.Output()
	fmt.Println("child:", len(said), strings.Count(string(said), "WORTH"), err)
	said, err = exec.Command("/proc/self/exe", "fail").CombinedOutput()
	fmt.Printf("child: %q %v\n", said, err)
	command = exec.Command("/proc/self/exe", "sleep")
	fmt.Println("started:", command.Start())
	command.Process.Kill()
	fmt.Println("killed:", command.Wait())
	_, err = exec.Command("/no/such/program").Output()
	fmt.Println(err)
	var group sync.WaitGroup
	answers := make([]string, 8)
	for i := range answers {
		group.Add(1)
		go func(i int) {
			defer group.Done()
			said, err := exec.Command("/proc/self/exe", "echo", fmt.Sprint(i)).Output()
			answers[i] = fmt.Sprint(strings.TrimSpace(string(said)), err)
		}(i)
	}
	group.Wait()
	fmt.Println("children at once:", answers)
}

func files() {
	folder, err := os.MkdirTemp("/tmp", "go")
	fmt.Println("folder:", err)
	for _, name := range []string{"c", "a", "b"} {
		err = os.WriteFile(folder+"/"+name, []byte(strings.Repeat(name, 100000)), 0644)
		if err != nil {
			fmt.Println(err)
		}
	}
	entries, err := os.ReadDir(folder)
	names := []string{}
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	sort.Strings(names)
	content, _ := os.ReadFile(folder + "/b")
	fmt.Println("names:", names, err, len(content))
	reader, writer, err := os.Pipe()
	fmt.Println("pipe:", err)
	reader.SetReadDeadline(time.Now().Add(5 * time.Millisecond))
	_, err = reader.Read(make([]byte, 1))
	fmt.Println(os.IsTimeout(err))
	reader.SetReadDeadline(time.Time{})
	go writer.Write([]byte("late"))
	buffer := make([]byte, 10)
	n, err := reader.Read(buffer)
	fmt.Printf("%q %v\n", buffer[:n], err)
	fmt.Println("removed:", os.RemoveAll(folder))
}
