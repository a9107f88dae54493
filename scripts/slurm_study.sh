#!/usr/bin/env bash
# The real Slurm on this machine, with four virtual nodes, for as long as a command runs in it:
#
#     scripts/slurm_study.sh                          # a study whose workers are killed: scripts/slurm_study.py
#     scripts/slurm_study.sh sbatch --wait job.sh     # any other command
#
# Needs root, and Debian's packages (nothing of the system's own Slurm or munge is used or changed):
#
#     apt-get install --no-install-recommends slurmctld slurmd slurm-client munge
set -euo pipefail

for program in slurmctld slurmd sbatch munged; do
    command -v "$program" > /dev/null || {
        echo "$program was not found; install it: apt-get install --no-install-recommends slurmctld slurmd slurm-client munge" >&2
        exit 2
    }
done
[ "$(id -u)" = 0 ] || { echo "slurmd starts jobs of other users: run this as root" >&2; exit 2; }

scripts="$(cd "$(dirname "$0")" && pwd)"
folder="$(mktemp -d -t slurm.XXXXXX)"
chmod 755 "$folder"
mkdir "$folder"/{munge,state,spool,log}
chown munge: "$folder/munge"
host="$(hostname -s)"
pids=()

stop() {
    status=$?
    [ ! -S "$folder/munge/socket" ] || scancel --user=root 2> /dev/null || true
    for ((i = ${#pids[@]} - 1; i >= 0; i--)); do kill "${pids[i]}" 2> /dev/null || true; done
    wait || true
    [ $status = 0 ] || tail -n 5 "$folder"/log/* >&2
    rm -rf "$folder"
    exit $status
}
trap stop EXIT

head -c 1024 /dev/urandom > "$folder/munge/key"
chown munge: "$folder/munge/key" && chmod 400 "$folder/munge/key"
runuser -u munge -- munged --foreground --socket="$folder/munge/socket" --key-file="$folder/munge/key" \
    --pid-file="$folder/munge/pid" --seed-file="$folder/munge/seed" --log-file="$folder/munge/log" \
    > "$folder/log/munged" 2>&1 &
pids+=($!)

cat > "$folder/slurm.conf" << CONF
ClusterName=here
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=17000
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket
CryptoType=crypto/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
JobCompType=jobcomp/filetxt
JobCompLoc=$folder/log/jobs
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
ReturnToService=2
SlurmdTimeout=10
KillWait=5
JobRequeue=1
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
SlurmdParameters=config_overrides
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool/%n
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd-%n.pid
SlurmctldLogFile=$folder/log/slurmctld
SlurmdLogFile=$folder/log/slurmd-%n
NodeName=n[1-4] NodeHostname=$host NodeAddr=127.0.0.1 Port=[17001-17004] CPUs=2 State=UNKNOWN
PartitionName=cpu Nodes=ALL Default=YES MaxTime=INFINITE State=UP PriorityTier=1
PartitionName=urgent Nodes=ALL MaxTime=INFINITE State=UP PriorityTier=2
CONF
export SLURM_CONF="$folder/slurm.conf"

for _ in $(seq 50); do [ ! -S "$folder/munge/socket" ] || break; sleep 0.1; done
slurmctld -D > "$folder/log/slurmctld.out" 2>&1 &
pids+=($!)
for node in n1 n2 n3 n4; do
    mkdir "$folder/spool/$node"
    slurmd -D -N "$node" > "$folder/log/slurmd-$node.out" 2>&1 &
    pids+=($!)
done
for _ in $(seq 100); do
    [ "$(sinfo --noheader --partition=cpu --states=idle --format=%D 2> /dev/null)" != 4 ] || break
    sleep 0.2
done

export SLURM_NODES_PIDS="${pids[*]:2}"
if [ $# = 0 ]; then set -- python3 "$scripts/slurm_study.py"; fi
"$@"
