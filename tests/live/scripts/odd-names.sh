export FOO=foo
for t in '{{ env "FOO" }}' '{{ expandenv "$FOO-${FOO}$" }}' '{{ expandenv "a$$b${c" }}' '{{ expandenv "a$.b${}$1" }}'; do r $B install --name-template "$t" $C/words --set count=0 --dry-run=client; done
r $B rollback Bad
r $B rollback Bad -- -1
for v in -1 +1 1_0 ² '' ' 1' 99999999999999999999; do r $B rollback one -- "$v"; done
r $B install "$(printf 'x\ny')" $C/words
for n in .. a/b%c; do r $B list -n $n; r $B install a $C/words -n $n; done
for c in "install a $C/words --create-namespace" "upgrade a $C/words" "upgrade -i a $C/words" 'uninstall a' 'rollback a' 'test a' 'get all a'; do r $B $c -n a/b; done
for name in a/b '""'; do for s in true false; do r $B install a$s $C/words --set count=0 --server-side=$s --set-literal "extra=
apiVersion: v1
kind: ConfigMap
metadata: {name: $name}"; done; done
