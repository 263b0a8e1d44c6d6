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

    private readonly ReadOnlySpan<char> text = text;
    private readonly int[] registers = new int[registerCount];
    private Frame[] frames = new Frame[16];
    private int frameCount = 0;
    private long stepsLeft = StepsAtLeast + (long)StepsPerCharacter * text.Length;
    private int searchStart = 0;

    /// <summary>Whether the pattern took too many steps; its result is then invalid.</summary>
    internal bool Exhausted { get; private set; }

    /// <summary>End of the match that starts exactly at <paramref name="start"/>, or -1.</summary>
    internal int MatchAt(int start, int searchFrom)
    {
        searchStart = searchFrom;
        frameCount = 0;
        return Run(0, start, mustEndAt: -1);
    }

    private int Run(int step, int position, int mustEndAt)
    {
        int bottom = frameCount;
        while (true)
        {
            if (--stepsLeft < 0)
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
                    step = position < text.Length && current.Set!.Contains(CodePoints.At(text, position, out _)) ? step + 1 : current.Target;
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
                    failed = !AnchorTest.Holds((Anchor)current.Low, text, position, searchStart);
                    step++;
                    break;
                case PatternOperation.Mark:
                    Push(new Frame(~current.Low, registers[current.Low], 0));
                    registers[current.Low] = position;
                    step++;
                    break;
                case PatternOperation.LeaveIfStill:
                    step = registers[current.Low] == position ? current.Target : step + 1;
                    break;
                default:
                    if (mustEndAt < 0 || position == mustEndAt)
                    {
                        frameCount = bottom;
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
        if (position >= text.Length || !set.Contains(CodePoints.At(text, position, out int units)))
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

        stepsLeft -= (position - start) / LoopCharactersPerStep;
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
        while (frameCount > bottom && !Exhausted)
        {
            ref Frame top = ref frames[frameCount - 1];
            if (top.Step < 0)
            {
                registers[~top.Step] = top.Position;
                frameCount--;
                continue;
            }

            step = top.Step;
            if (top.Position > top.Least)
            {
                CodePoints.Before(text, top.Position, out int units);
                top.Position -= units;
            }

            position = top.Position;
            if (top.Position <= top.Least)
            {
                frameCount--;
            }

            return true;
        }

        return false;
    }

    private void Push(Frame frame)
    {
        if (frameCount == frames.Length)
        {
            if (frameCount >= MostFrames)
            {
                stepsLeft = 0;
                return;
            }

            Array.Resize(ref frames, frames.Length * 2);
        }

        frames[frameCount++] = frame;
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

            CodePoints.Before(text, start, out int units);
            start -= units;
        }

        return false;
    }

    private record struct Frame(int Step, int Position, int Least);
}
