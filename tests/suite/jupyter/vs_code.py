"""What VS Code's Jupyter extension does with a kernel, without a Jupyter server: it starts
the program of the specification itself, asks who it is more than once, runs cells outside of the
history, and interrupts by a signal to that one process, or by a message on the shell channel."""

import json
import os
import signal
import subprocess
import sys
import time

from jupyter_client import BlockingKernelClient
from jupyter_client.connect import write_connection_file
from jupyter_client.kernelspec import KernelSpecManager

spec = KernelSpecManager().get_kernel_spec('transfolio')
file, _ = write_connection_file('vs-code-connection.json')
argv = [part.replace('{connection_file}', os.path.abspath(file)) for part in spec.argv]
environment = {**os.environ, 'VSCODE_PID': '1'}
for name, value in spec.env.items():
    environment[name] = value.replace('${PATH}', os.environ['PATH'])
environment.pop('JPY_SESSION_NAME', None)
kernel = subprocess.Popen(argv, env=environment, start_new_session=True)
client = BlockingKernelClient(connection_file=file)
client.load_connection_file()
client.start_channels()


def answer(request, channel='shell', seconds=120):
    get = client.get_shell_msg if channel == 'shell' else client.get_control_msg
    while True:
        reply = get(timeout=seconds)
        if reply['parent_header']['msg_id'] == request:
            return reply['content']


def published(request):
    """All messages of a request up to its end."""
    messages = []
    while True:
        message = client.get_iopub_msg(timeout=120)
        if message['parent_header'].get('msg_id') != request:
            continue
        messages.append(message)
        if message['msg_type'] == 'status' and message['content']['execution_state'] == 'idle':
            return messages


def send(kind, content, channel='shell'):
    message = client.session.msg(kind, content)
    (client.shell_channel if channel == 'shell' else client.control_channel).send(message)
    return message['header']['msg_id']


def run(code, stop=None, after='begun', **more):
    request = client.execute(code, **more)
    if stop is not None:
        while True:
            message = client.get_iopub_msg(timeout=120)
            own = message['parent_header'].get('msg_id') == request
            if own and after in message['content'].get('text', ''):
                break
        time.sleep(0.3)
        stop()
    reply = answer(request)
    return reply, published(request)


def said(what, *values):
    print(what, *values, sep=' | ', flush=True)


def shown(messages):
    return [m['content']['data'] for m in messages if m['msg_type'] == 'execute_result']


def texts(messages):
    return ''.join(m['content']['text'] for m in messages if m['msg_type'] == 'stream')


# It asks until it hears of the kernel on both channels.
first, second = send('kernel_info_request', {}), send('kernel_info_request', {})
info = answer(first, seconds=180)
again = answer(second)
published(second)
said('info', info == again, info['language_info']['name'], info['language_info']['version'] != '')

reply, _ = run('let a = 40;', store_history=False)
said('no history', reply['status'], reply['execution_count'])
reply, messages = run('a + 2', user_expressions={'x': 'a'})
said('history', reply['execution_count'], shown(messages), reply['user_expressions']['x']['status'])
_, messages = run('bind("gain", 0.5)?;')
said('value', *sorted(set(m['content']['data'].get('text/html', 'nothing') for m in messages if m['msg_type'] == 'display_data')))

for code in ['fn f() {', 'a + 1', ')']:
    content = answer(send('is_complete_request', {'code': code}))
    said('is complete', content['status'])
said('complete', 'mean' in ' '.join(answer(send('complete_request', {
    'code': 'Table::named("x").column("y").unwrap().mea', 'cursor_pos': 42}))['matches']))
found = answer(send('inspect_request', {'code': 'paired_t', 'cursor_pos': 4, 'detail_level': 0}))
said('inspect', found['found'], 'paired t test' in found['data'].get('text/plain', ''))
said('history reply', answer(send('history_request', {'hist_access_type': 'tail', 'n': 3}))['status'])
comm = send('comm_open', {'comm_id': 'c1', 'target_name': 'jupyter.widget', 'data': {}})
said('comm', [m['msg_type'] for m in published(comm) if m['msg_type'] != 'status'])

LOOP = 'println!("begun"); let mut i = 0_u64; loop { i = std::hint::black_box(i.wrapping_add(1)); }'


def by_signal():
    os.kill(kernel.pid, signal.SIGINT)


def by_group():
    os.killpg(kernel.pid, signal.SIGINT)


def by_shell():
    global asked
    asked = send('interrupt_request', {})


def by_control():
    global asked
    asked = send('interrupt_request', {}, 'control')


for name, stop in [('signal', by_signal), ('group', by_group), ('shell', by_shell), ('control', by_control)]:
    reply, _ = run(LOOP, stop)
    said('interrupt by ' + name, reply['status'], reply.get('ename'))
    if name in ('shell', 'control'):
        said('told by ' + name, answer(asked, name)['status'])
    reply, messages = run('a + 2')
    said('kept', shown(messages)[0]['text/plain'])
done = send('interrupt_request', {}, 'control')
answer(done, 'control')
said('end of a control request', published(done)[-1]['content']['execution_state'])

# A study that is stopped has not failed, and goes on.
STUDY = '''
let study = Study::new("stopped")
    .seeds(0..2).label_fractions([1.0])
    .task("t", Task::phantom("finding", 32, [60, 20, 20]).target("multi-label"))
    .model("resnet18")
    .init("random", Init::random())
    .recipe(Recipe::new().learning_rate(1e-3).batch_size(16).epochs(EPOCHS).image_size(32)
        .augmentation("none").normalization("half"))
    .save("stopped.toml")?;
'''
if len(sys.argv) > 1:
    run(STUDY.replace('EPOCHS', sys.argv[1]))
    RUN = 'println!("begun"); let run = study.run_with(RunOptions::default().jobs(1).device("cpu"))?; run'

    def later():
        time.sleep(float(sys.argv[2]))
        by_signal()

    reply, messages = run(RUN, later)
    said('stopped', reply['status'], reply['ename'], ' '.join(reply['traceback']).replace('\n', ' '))
    said('printed', texts(messages).replace('\n', ' / '))
    status = subprocess.run([argv[0], 'status', 'runs/stopped'], capture_output=True, text=True)
    said('status', status.returncode, (status.stdout + status.stderr).replace('\n', ' / '))
    begun = time.time()
    reply, messages = run(RUN)
    said('again', reply['status'], texts(messages).replace('\n', ' / '), shown(messages)[0]['text/plain'].replace('\n', ' / '))

restart = send('shutdown_request', {'restart': True}, 'control')
said('shutdown', answer(restart, 'control')['restart'])
said('ended', kernel.wait(timeout=10) == 0)
