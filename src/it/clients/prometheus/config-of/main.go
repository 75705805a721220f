// config-of reads names of configuration files on standard input, one a line, and prints for each one line of JSON: what
// Prometheus makes of the file. Of an accepted file these are the effective configuration, as Prometheus shows it, and the
// jobs, those of scrape_config_files included; of a refused one the reason.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"time"

	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v2"

	"github.com/prometheus/prometheus/config"
	_ "github.com/prometheus/prometheus/plugins"
)

type answer struct {
	File   string `json:"file"`
	Error  string `json:"error,omitempty"`
	Config any    `json:"config,omitempty"`
	Jobs   []any  `json:"jobs,omitempty"`
	// JobsError says why the jobs of scrape_config_files cannot be read.
	JobsError string `json:"jobsError,omitempty"`
}

func main() {
	// What Prometheus sets without flags.
	config.DefaultTSDBRetentionConfig.Time = model.Duration(15 * 24 * time.Hour)
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for in.Scan() {
		if err := encoder.Encode(answerOf(in.Text())); err != nil {
			fmt.Fprintln(os.Stderr, "config-of:", err)
			os.Exit(1)
		}
	}
	if err := in.Err(); err != nil {
		fmt.Fprintln(os.Stderr, "config-of:", err)
		os.Exit(1)
	}
	if err := out.Flush(); err != nil {
		fmt.Fprintln(os.Stderr, "config-of:", err)
		os.Exit(1)
	}
}

func answerOf(file string) (a answer) {
	defer func() {
		if r := recover(); r != nil {
			a = answer{File: file, Error: fmt.Sprint("panic: ", r)}
		}
	}()
	cfg, err := config.LoadFile(file, false, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		return answer{File: file, Error: err.Error()}
	}
	a = answer{File: file, Config: plain(cfg)}
	jobs, err := cfg.GetScrapeConfigs()
	if err != nil {
		a.JobsError = err.Error()
	}
	for _, job := range jobs {
		a.Jobs = append(a.Jobs, plain(job))
	}
	return a
}

// plain returns what Prometheus shows of a value, as JSON can hold it.
func plain(value any) any {
	text, err := yaml.Marshal(value)
	if err != nil {
		panic(err)
	}
	var read any
	if err := yaml.Unmarshal(text, &read); err != nil {
		panic(err)
	}
	return jsonOf(read)
}

func jsonOf(value any) any {
	switch v := value.(type) {
	case map[any]any:
		out := make(map[string]any, len(v))
		for key, entry := range v {
			if key == nil {
				key = ""
			}
			out[fmt.Sprint(key)] = jsonOf(entry)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, entry := range v {
			out[i] = jsonOf(entry)
		}
		return out
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Sprint(v)
		}
		return v
	default:
		return value
	}
}
