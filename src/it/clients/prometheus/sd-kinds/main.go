// sd-kinds prints what kinds of service discovery Prometheus has, one a line: the names of the configurations that the
// packages of discovery/install register. It reads their source, so it needs none of the libraries of the clouds.
package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const module = "github.com/prometheus/prometheus/"

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: sd-kinds FOLDER   (FOLDER: the source of Prometheus)")
		os.Exit(2)
	}
	kinds, err := kindsIn(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "sd-kinds:", err)
		os.Exit(1)
	}
	slices.Sort(kinds)
	fmt.Println(strings.Join(kinds, "\n"))
}

func kindsIn(source string) ([]string, error) {
	install, err := filesOf(filepath.Join(source, "discovery", "install"))
	if err != nil {
		return nil, err
	}
	kinds := []string{"static"} // The only one that is no package's.
	for _, file := range install {
		for _, imported := range file.Imports {
			path, err := strconv.Unquote(imported.Path.Value)
			if err != nil {
				return nil, err
			}
			files, err := filesOf(filepath.Join(source, strings.TrimPrefix(path, module)))
			if err != nil {
				return nil, err
			}
			found, err := registered(files)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
			kinds = append(kinds, found...)
		}
	}
	return kinds, nil
}

func filesOf(folder string) ([]*ast.File, error) {
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return nil, err
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s: no Go files", folder)
	}
	return files, nil
}

// registered returns the names of the types that a package passes to RegisterConfig.
func registered(files []*ast.File) ([]string, error) {
	names := map[string]ast.Expr{} // by type
	values := map[string]ast.Expr{}
	var types []string
	for _, file := range files {
		ast.Inspect(file, func(node ast.Node) bool {
			switch n := node.(type) {
			case *ast.FuncDecl:
				if n.Name.Name == "Name" && n.Recv != nil && n.Body != nil && len(n.Body.List) == 1 {
					if result, ok := n.Body.List[0].(*ast.ReturnStmt); ok && len(result.Results) == 1 {
						names[typeName(n.Recv.List[0].Type)] = result.Results[0]
					}
				}
			case *ast.ValueSpec:
				for i, name := range n.Names {
					if i < len(n.Values) {
						values[name.Name] = n.Values[i]
					}
				}
			case *ast.CallExpr:
				if called, ok := n.Fun.(*ast.SelectorExpr); ok && called.Sel.Name == "RegisterConfig" {
					types = append(types, typeName(n.Args[0]))
				}
			}
			return true
		})
	}
	if len(types) == 0 {
		return nil, fmt.Errorf("registers nothing")
	}
	var kinds []string
	for _, of := range types {
		name := names[of]
		if constant, ok := name.(*ast.Ident); ok {
			name = values[constant.Name]
		}
		literal, ok := name.(*ast.BasicLit)
		if !ok {
			return nil, fmt.Errorf("type %s has no name", of)
		}
		kind, err := strconv.Unquote(literal.Value)
		if err != nil {
			return nil, err
		}
		kinds = append(kinds, kind)
	}
	return kinds, nil
}

func typeName(expr ast.Expr) string {
	switch e := expr.(type) {
	case *ast.StarExpr:
		return typeName(e.X)
	case *ast.UnaryExpr:
		return typeName(e.X)
	case *ast.CompositeLit:
		return typeName(e.Type)
	case *ast.Ident:
		return e.Name
	default:
		return ""
	}
}
