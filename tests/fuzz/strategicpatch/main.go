// Command strategic answers as client-go does, for the comparison in strategic.py.
//
//	strategic types   prints every built-in kind, and the fields of every type that they are made of
//	strategic         reads lines of [old, new, live] and prints what Helm's createPatch makes of each
//
// A line of the answer has the content type's first word ("strategic" or "merge") and the patch, or "error" or "panic" and a text.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	oldapiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1beta1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/client-go/kubernetes/scheme"
)

func main() {
	for _, add := range []func(*runtime.Scheme) error{apiextensions.AddToScheme, oldapiextensions.AddToScheme} {
		if err := add(scheme.Scheme); err != nil {
			panic(err)
		}
	}
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	if len(os.Args) > 1 && os.Args[1] == "types" {
		if err := out.Encode(types()); err != nil {
			panic(err)
		}
		return
	}
	lines := bufio.NewReaderSize(os.Stdin, 1<<20)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		kind, answer := patch(line)
		if err := out.Encode([]any{kind, answer}); err != nil {
			panic(err)
		}
	}
}

func patch(line []byte) (kind string, answer any) {
	defer func() {
		if problem := recover(); problem != nil {
			kind, answer = "panic", fmt.Sprint(problem)
		}
	}()
	var objects [3]json.RawMessage
	if err := json.Unmarshal(line, &objects); err != nil {
		return "error", err.Error()
	}
	old, wanted, live := objects[0], objects[1], objects[2]
	decoded, _, err := unstructured.UnstructuredJSONScheme.Decode(wanted, nil, nil)
	if err != nil {
		return "error", err.Error()
	}
	groupVersion := decoded.GetObjectKind().GroupVersionKind().GroupVersion()
	typed, err := runtime.ObjectConvertor(scheme.Scheme).ConvertToVersion(decoded, groupVersion)
	if err != nil {
		return "merge", err.Error()
	}
	if _, isOldDefinition := typed.(*oldapiextensions.CustomResourceDefinition); isOldDefinition {
		return "merge", "not a built-in kind"
	}
	meta, err := strategicpatch.NewPatchMetaFromStruct(typed)
	if err != nil {
		return "error", err.Error()
	}
	made, err := strategicpatch.CreateThreeWayMergePatch(old, wanted, live, meta, true)
	if err != nil {
		return "error", err.Error()
	}
	return "strategic", json.RawMessage(made)
}

type field struct {
	Kind     string `json:"kind"`
	Item     string `json:"item,omitempty"`
	Strategy string `json:"strategy,omitempty"`
	Key      string `json:"key,omitempty"`
}

type known struct {
	Kinds map[string]string           `json:"kinds"`
	Types map[string]map[string]field `json:"types"`
}

func types() known {
	all := known{map[string]string{}, map[string]map[string]field{}}
	for gvk, typed := range scheme.Scheme.AllKnownTypes() {
		_, isObject := typed.FieldByName("ObjectMeta")
		if gvk.Version == runtime.APIVersionInternal || !isObject {
			continue
		}
		all.Kinds[gvk.GroupVersion().String()+" "+gvk.Kind] = all.add(typed)
	}
	return all
}

// add takes a struct in, with all that it is made of, and returns its name.
func (k *known) add(typed reflect.Type) string {
	name := typed.PkgPath() + "." + typed.Name()
	if _, done := k.Types[name]; done {
		return name
	}
	fields := map[string]field{}
	k.Types[name] = fields
	for i := range typed.NumField() {
		k.addField(fields, typed.Field(i))
	}
	return name
}

func (k *known) addField(fields map[string]field, member reflect.StructField) {
	name, options, _ := strings.Cut(member.Tag.Get("json"), ",")
	if name == "-" {
		return
	}
	if name == "" && (member.Anonymous || strings.Contains(options, "inline")) {
		for i := range member.Type.NumField() {
			k.addField(fields, member.Type.Field(i))
		}
		return
	}
	kind, item := k.shape(member.Type)
	fields[name] = field{kind, item, member.Tag.Get("patchStrategy"), member.Tag.Get("patchMergeKey")}
}

// shape returns a kind of JSON value, and of a list, a map or a struct the name of the type or the kind inside.
func (k *known) shape(typed reflect.Type) (string, string) {
	if typed.Kind() == reflect.Pointer {
		return k.shape(typed.Elem())
	}
	if typed.Implements(reflect.TypeFor[json.Marshaler]()) || reflect.PointerTo(typed).Implements(reflect.TypeFor[json.Marshaler]()) {
		return typed.Name(), ""
	}
	switch typed.Kind() {
	case reflect.Struct:
		return "struct", k.add(typed)
	case reflect.Slice, reflect.Map:
		if typed.Kind() == reflect.Slice && typed.Elem().Kind() == reflect.Uint8 {
			return "bytes", ""
		}
		kind, item := k.shape(typed.Elem())
		if kind == "struct" {
			kind = item
		}
		return typed.Kind().String(), kind
	default:
		return typed.Kind().String(), ""
	}
}
