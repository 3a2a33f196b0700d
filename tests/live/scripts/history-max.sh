r $A install one $C/words
for i in 1 2 3 4; do q $B upgrade one $C/words --set word=$i --history-max 3; done
r $A history one
r $A history one --max 2
r $A history one --max 0
r $A history one -o yaml
r $A history one --show-rollback-revision -o json
r $A rollback one 3 --history-max 2
r $A history one --show-rollback-revision
r $A upgrade one $C/words --history-max 0
r $A upgrade one $C/words --history-max=-1
r $B history one
r $B history nothing
r $B history 'Bad Name'
r $B history
