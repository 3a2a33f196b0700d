q $A install one $C/words --set count=1
for i in 1 2 3; do HELM_MAX_HISTORY=2 q $B upgrade one $C/words --set count=1,word=$i; done
r $B history one
HELM_MAX_HISTORY=1 r $B rollback one
r $B history one
HELM_MAX_HISTORY=1 q $B upgrade one $C/words --set count=1 --history-max 0
r $B history one
for m in -1 0x1 1_0 ² x ''; do HELM_MAX_HISTORY=$m q $B upgrade one $C/words --set count=1; HELM_MAX_HISTORY=$m r $B env HELM_MAX_HISTORY; done
r $B history one
