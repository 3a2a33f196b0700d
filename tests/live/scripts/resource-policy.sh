r $A install one $C/words --set policy=keep,count=3
r $B upgrade one $C/words --set policy=keep,count=2
k get cm -o name
r $B upgrade one $C/words --set policy=keep,count=3
r $A uninstall one --dry-run
r $A uninstall one
k get cm -o name
r $A install one $C/words --set policy=keep,count=3
r $A upgrade one $C/words --set policy=other,count=1
r $A uninstall one
k get cm -o name
r $B install one $C/words --set policy=KEEP
r $B uninstall one
k get cm -o name
