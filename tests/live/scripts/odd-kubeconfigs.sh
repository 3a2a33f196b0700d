q $A install one $C/words --set count=1
f() { r env KUBECONFIG=$1 $B list -q; }
f $T
f $T/nothing:$KUBECONFIG
f :$KUBECONFIG:
printf 'a: [' > $T/bad; f $KUBECONFIG:$T/bad
printf '' > $T/empty; f $T/empty
printf 'apiVersion: v1\nkind: Pod\n' > $T/x; f $T/x
printf 'apiVersion: v2\nkind: Config\n' > $T/x; f $T/x
for t in '[1]' text 5 true; do printf "$t" > $T/x; f $T/x; done
printf 'current-context: 5\n' > $T/x; f $T/x
change() { sed "$1" $KUBECONFIG > $T/x; f $T/x; }
change 's/current-context: live/current-context: other/'
change 's/cluster: live/cluster: gone/'
change 's/user: me,/user: gone,/'
change 's/insecure-skip-tls-verify: true/insecure-skip-tls-verify: "yes"/'
change 's/token: .*}}/token: 5}}/'
change 's/namespace: .*}}/namespace: [a]}}/'
change 's/{name: me, .*}}/{name: me, user: text}/'
change 's/{name: me, .*}}/text/'
change 's/{name: me, /{name: 5, /'
change 's/server: "[^"]*"/server: ""/'
change 's/server: "[^"]*"/server: "127.0.0.1:1"/'
change 's/server: "[^"]*"/server: "https:\/\/127.0.0.1:1\/a"/'
change 's/server: "[^"]*"/server: "ftp:\/\/x"/'
for server in nope /x //x http:x https:// https://x:y %%; do r $B list -q --kube-apiserver $server; done
r $B list -q --kubeconfig=
r $B list -q --kubeconfig $T
r $B list -q --kube-ca-file $T/bad
r $B list -q --kube-as-user é
r $B list -q --kube-as-user €
r $B list -q --kube-context nope
