r $A list
r $A list -o json
r $A list -o yaml
r $A list -q
for n in cherry apple banana; do q $A install $n $C/words --set count=1 --labels kind=fruit,first=${n:0:1}; sleep 1.1; done
q $A upgrade apple $C/words --set count=1; sleep 1.1
q $A uninstall cherry --keep-history; sleep 1.1
q $A install broken $C/words --set-literal 'extra=---
apiVersion: v1
kind: ConfigMap
metadata: {name: Bad_Name}'
for f in '' -a -q '-a -q' --short '-m 1' '-m 1 --offset 1' '--offset 9' '-m 0' '-d' '-d -r' -r --deployed --uninstalled --superseded --failed --pending --uninstalling '--deployed --uninstalled' '--filter app' '--filter ^a.*e$ -q' '-l kind=fruit' '-l kind=fruit,first!=a -q' '-l first in (a,b)' '-l kind -q' '-l !kind -q' '-o json' '-o yaml -q' '-o json -q' '--no-headers' '--time-format 2006-01' '-o nothing' '-m x' '-l =x' '-l kind=fruit -l first=a' '-m 2 -d' '-A -l none=here'; do r $B list $f; done
r $B ls -l 'first in (a,b)'
r $B list --filter '['
r $B list extra
r $B list -n nothing-here
