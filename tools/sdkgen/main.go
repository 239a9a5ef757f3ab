// sdkgen binds the provider's schema with Pulumi's own binder and generates the SDKs from it.
//
//	sdkgen -schema schema.json -check
//	sdkgen -schema schema.json -out sdk
//
// It fails on any warning of the binder: what is only odd here is an error in some language.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	gogen "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

const tool = "pulumi-opi"

func main() {
	schemaFile := flag.String("schema", "schema.json", "the schema to read")
	out := flag.String("out", "", "folder that receives nodejs/, python/ and go/")
	check := flag.Bool("check", false, "only bind the schema")
	flag.Parse()
	if err := run(*schemaFile, *out, *check); err != nil {
		fmt.Fprintln(os.Stderr, "sdkgen:", err)
		os.Exit(1)
	}
}

func run(schemaFile, out string, check bool) error {
	text, err := os.ReadFile(schemaFile)
	if err != nil {
		return err
	}
	if _, err := bind(text); err != nil {
		return fmt.Errorf("%s: %w", schemaFile, err)
	}
	if check {
		return nil
	}
	if out == "" {
		return fmt.Errorf("-out is missing: name the folder for the SDKs")
	}
	for _, language := range []struct {
		name     string
		generate func(*schema.Package) (map[string][]byte, error)
	}{
		{"nodejs", func(pkg *schema.Package) (map[string][]byte, error) {
			return nodejs.GeneratePackage(tool, pkg, nil, nil, false, nil)
		}},
		{"python", func(pkg *schema.Package) (map[string][]byte, error) {
			return python.GeneratePackage(tool, pkg, nil, nil)
		}},
		{"go", func(pkg *schema.Package) (map[string][]byte, error) {
			files, err := gogen.GeneratePackage(tool, pkg, nil)
			// The generator writes a go.mod for a Pulumi of years ago, and no go.sum: ours is kept by `make sdk`.
			delete(files, "go.mod")
			return files, err
		}},
	} {
		// Generators note their language's settings in the package they are given, so each binds its own.
		pkg, err := bind(text)
		if err != nil {
			return err
		}
		files, err := language.generate(pkg)
		if err != nil {
			return fmt.Errorf("%s: %w", language.name, err)
		}
		if err := write(filepath.Join(out, language.name), files); err != nil {
			return err
		}
	}
	return nil
}

// bind validates the schema against Pulumi's metaschema and resolves its types.
func bind(text []byte) (*schema.Package, error) {
	var spec schema.PackageSpec
	if err := json.Unmarshal(text, &spec); err != nil {
		return nil, err
	}
	pkg, diagnostics, err := schema.BindSpec(spec, schema.NewNullLoader(), schema.ValidationOptions{})
	if err != nil {
		return nil, err
	}
	if len(diagnostics) > 0 {
		return nil, fmt.Errorf("%d complaints, the first: %w", len(diagnostics), diagnostics)
	}
	return pkg, nil
}

func write(folder string, files map[string][]byte) error {
	for name, text := range files {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
