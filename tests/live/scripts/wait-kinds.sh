r $A install one $C/kinds --wait --timeout 5s
r $B upgrade one $C/kinds --wait=legacy --timeout 5s
r $A history one
r $A install two $C/app --set cache.enabled=true,cache.size=2 --wait --timeout 300s
k get deploy,sts -o jsonpath='{.items[*].status.readyReplicas}'; echo
r $B upgrade two $C/app --set cache.enabled=true,replicas=3 --wait=legacy --timeout 300s
r $B upgrade two $C/app --set replicas=2 --wait=watcher --timeout 300s
