"""A person at `jupyter console`: types a function over several lines, a figure, a cell that
fails and one that is stopped."""

import os
import re
import sys
import time

import pexpect

console = pexpect.spawn(
    sys.executable,
    ['-m', 'jupyter_console', '--kernel', 'transfolio', '--ZMQTerminalInteractiveShell.image_handler=None',
     '--ZMQTerminalInteractiveShell.highlighting_style=bw'],
    timeout=90, encoding='utf-8', dimensions=(60, 160),
    env={**os.environ, 'TERM': 'xterm', 'PROMPT_TOOLKIT_NO_CPR': '1', 'PROMPT_TOOLKIT_COLOR_DEPTH': 'DEPTH_1_BIT'},
)
# What moves and colours is not what is said.
MOVES = re.compile(r'\x1b\[[0-9;?]*[a-zA-Z]|\x1b[=>]')


def until(pattern):
    """Reads on until a pattern is there, without the marks of the terminal; gives the match."""
    text, begun = '', time.time()
    while time.time() - begun < 90:
        try:
            text += console.read_nonblocking(4096, timeout=0.5)
        except pexpect.TIMEOUT:
            pass
        found = re.search(pattern, MOVES.sub('', text))
        if found:
            return found
    sys.exit(f'{pattern!r} did not come, but {MOVES.sub("", text)[-800:]!r}')


def typed(line):
    console.send(line)
    # Enter at once could be taken for a line that was pasted.
    time.sleep(0.3)
    console.send('\r')


def said(what, *values):
    print(what, *values, sep=' | ', flush=True)


said('banner', bool(until(r'Transfolio[\s\S]*In \[1\]:')))
typed('let a = 40;')
until(r'In \[2\]:')
# The bracket is open: the next line belongs to the cell, and is set in.
typed('fn twice(x: i32) -> i32 {')
said('goes on', until(r'\.\.\.: ( *)').group(1) is not None)
typed('2 * x')
typed('}')
until(r'In \[3\]:')
typed('twice(a) + 1')
said('value', until(r'Out\[3\]:\s*(\S+)[\s\S]*In \[4\]').group(1))
typed('charts::line([1, 2], [3, 4]).names("dose", "AUC")')
said('figure in words', bool(until(r'Line chart[\s\S]*In \[5\]')))
typed('panic!("boom {a}")')
said('failure', bool(until(r'boom 40[\s\S]*variables of earlier cells are kept[\s\S]*In \[6\]')))
typed('println!("begun"); loop { std::hint::spin_loop(); }')
until(r'begun\s*\n')
console.sendintr()
said('stopped', bool(until(r'interrupted: the cell was ended[\s\S]*In \[7\]')))
typed('a + 2')
said('kept', until(r'Out\[7\]:\s*(\S+)[\s\S]*In \[8\]').group(1))
console.send('\x04')
try:
    until(r'\[y\]|\(y')
    console.send('y\r')
except SystemExit:
    pass
console.expect(pexpect.EOF)
console.close()
said('ended', console.exitstatus)
