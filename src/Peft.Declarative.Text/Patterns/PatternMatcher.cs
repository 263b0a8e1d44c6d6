namespace Peft.Declarative.Text.Patterns;

/// <summary>
/// Runs a compiled pattern over one text. It backtracks, because that is what decides which alternative wins in the reference; the steps
/// it may take are counted, so that a pattern from an untrusted file ends in an error instead of running without end.
/// </summary>
internal ref struct PatternMatcher(PatternStep[] steps, int registerCount, ReadOnlySpan<char> text)
{
    private const int StepsPerCharacter = 500;
    private const long StepsAtLeast = 1_000_000;
    private const int LoopCharactersPerStep = 4;
    private const int MostFrames = 16_000_000;

    private readonly ReadOnlySpan<char> _text = text;
    private readonly int[] _registers = new int[registerCount];
    private Frame[] _frames = new Frame[16];
    private int _frameCount = 0;
    private long _stepsLeft = StepsAtLeast + (long)StepsPerCharacter * text.Length;
    private int _searchStart = 0;

    /// <summary>Whether the pattern took too many steps; its result is then invalid.</summary>
    internal bool Exhausted { get; private set; }

    /// <summary>End of the match that starts exactly at <paramref name="start"/>, or -1.</summary>
    internal int MatchAt(int start, int searchFrom)
    {
        _searchStart = searchFrom;
        _frameCount = 0;
        return Run(0, start, mustEndAt: -1);
    }

    private int Run(int step, int position, int mustEndAt)
    {
        int bottom = _frameCount;
        while (true)
        {
            if (--_stepsLeft < 0)
            {
                Exhausted = true;
                return -1;
            }

            ref readonly PatternStep current = ref steps[step];
            bool failed = false;
            switch (current.Operation)
            {
                case PatternOperation.OneOf:
                    failed = !TakeOne(current.Set!, ref position);
                    step++;
                    break;
                case PatternOperation.Loop:
                    failed = !TakeMany(in current, step + 1, ref position);
                    step++;
                    break;
                case PatternOperation.Guard:
                    step = position < _text.Length && current.Set!.Contains(CodePoints.At(_text, position, out _)) ? step + 1 : current.Target;
                    break;
                case PatternOperation.Try:
                    Push(new Frame(current.Target, position, position));
                    step++;
                    break;
                case PatternOperation.TryTarget:
                    Push(new Frame(step + 1, position, position));
                    step = current.Target;
                    break;
                case PatternOperation.Jump:
                    step = current.Target;
                    break;
                case PatternOperation.Atomic:
                    int end = Run(step + 1, position, mustEndAt: -1);
                    failed = end < 0;
                    position = end;
                    step = current.Target;
                    break;
                case PatternOperation.LookAhead or PatternOperation.LookAheadNot:
                    failed = Run(step + 1, position, mustEndAt: -1) >= 0 != (current.Operation == PatternOperation.LookAhead);
                    step = current.Target;
                    break;
                case PatternOperation.LookBehind or PatternOperation.LookBehindNot:
                    failed = LooksBehind(in current, step + 1, position) != (current.Operation == PatternOperation.LookBehind);
                    step = current.Target;
                    break;
                case PatternOperation.Anchor:
                    failed = !AnchorTest.Holds((Anchor)current.Low, _text, position, _searchStart);
                    step++;
                    break;
                case PatternOperation.Mark:
                    Push(new Frame(~current.Low, _registers[current.Low], 0));
                    _registers[current.Low] = position;
                    step++;
                    break;
                case PatternOperation.LeaveIfStill:
                    step = _registers[current.Low] == position ? current.Target : step + 1;
                    break;
                default:
                    if (mustEndAt < 0 || position == mustEndAt)
                    {
                        _frameCount = bottom;
                        return position;
                    }

                    failed = true;
                    break;
            }

            if (failed && !BackTrack(bottom, ref step, ref position))
            {
                return -1;
            }
        }
    }

    private readonly bool TakeOne(CodePointSet set, ref int position)
    {
        if (position >= _text.Length || !set.Contains(CodePoints.At(_text, position, out int units)))
        {
            return false;
        }

        position += units;
        return true;
    }

    private bool TakeMany(ref readonly PatternStep loop, int next, ref int position)
    {
        int start = position;
        int count = 0;
        int leastEnd = loop.Low == 0 ? position : -1;
        while (count < loop.High && TakeOne(loop.Set!, ref position))
        {
            if (++count == loop.Low)
            {
                leastEnd = position;
            }
        }

        _stepsLeft -= (position - start) / LoopCharactersPerStep;
        if (count < loop.Low)
        {
            return false;
        }

        if (position > leastEnd)
        {
            Push(new Frame(next, position, leastEnd));
        }

        return true;
    }

    // A frame is a position to resume from, a loop that can give back code points down to Least, or (with a complemented step) a register.
    private bool BackTrack(int bottom, ref int step, ref int position)
    {
        while (_frameCount > bottom && !Exhausted)
        {
            ref Frame top = ref _frames[_frameCount - 1];
            if (top.Step < 0)
            {
                _registers[~top.Step] = top.Position;
                _frameCount--;
                continue;
            }

            step = top.Step;
            if (top.Position > top.Least)
            {
                CodePoints.Before(_text, top.Position, out int units);
                top.Position -= units;
            }

            position = top.Position;
            if (top.Position <= top.Least)
            {
                _frameCount--;
            }

            return true;
        }

        return false;
    }

    private void Push(Frame frame)
    {
        if (_frameCount == _frames.Length)
        {
            if (_frameCount >= MostFrames)
            {
                _stepsLeft = 0;
                return;
            }

            Array.Resize(ref _frames, _frames.Length * 2);
        }

        _frames[_frameCount++] = frame;
    }

    private bool LooksBehind(ref readonly PatternStep look, int body, int position)
    {
        int start = position;
        for (int length = 0; length <= look.High; length++)
        {
            if (length >= look.Low && Run(body, start, mustEndAt: position) >= 0)
            {
                return true;
            }

            if (start == 0)
            {
                return false;
            }

            CodePoints.Before(_text, start, out int units);
            start -= units;
        }

        return false;
    }

    private record struct Frame(int Step, int Position, int Least);
}
