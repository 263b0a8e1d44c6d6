namespace Peft.Declarative.Text.Patterns;

/// <summary>Compiles a pattern's tree to steps for <see cref="PatternMatcher"/>.</summary>
internal sealed class PatternCompiler
{
    private const int MostSteps = 20_000;
    private const int LongestLookBehind = 255;

    private readonly string _pattern;
    private readonly List<PatternStep> _steps = [];

    private PatternCompiler(string pattern) => _pattern = pattern;

    private int Registers { get; set; }

    internal static (PatternStep[] Steps, int Registers) Compile(string pattern, PatternNode tree)
    {
        var compiler = new PatternCompiler(pattern);
        compiler.Add(tree);
        compiler.Emit(new PatternStep(PatternOperation.Accept));
        return ([.. compiler._steps], compiler.Registers);
    }

    private void Add(PatternNode node)
    {
        switch (node)
        {
            case PatternNode.OneOf one: Emit(new PatternStep(PatternOperation.OneOf, one.Set)); break;
            case PatternNode.At at: Emit(new PatternStep(PatternOperation.Anchor, Low: (int)at.Anchor)); break;
            case PatternNode.Chain chain: chain.Parts.ToList().ForEach(Add); break;
            case PatternNode.Choice choice: AddChoice(choice); break;
            case PatternNode.Atomic atomic: AddNested(new PatternStep(PatternOperation.Atomic), atomic.Body); break;
            case PatternNode.Look look: AddLook(look); break;
            case PatternNode.Repeat repeat: AddRepeat(repeat); break;
            default: break; // nothing to match
        }
    }

    private int Emit(PatternStep step)
    {
        if (_steps.Count >= MostSteps)
        {
            throw new PatternSyntaxException(_pattern, 0, FormattableString.Invariant($"it needs more than {MostSteps:N0} steps; its repetitions multiply"));
        }

        _steps.Add(step);
        return _steps.Count - 1;
    }

    private void PointHere(int step) => _steps[step] = _steps[step] with { Target = _steps.Count };

    // An alternative is entered only if the next code point can begin it, and the others are remembered only if they could match instead.
    private void AddChoice(PatternNode.Choice choice)
    {
        List<int> ends = [];
        for (int i = 0; i < choice.Alternatives.Count; i++)
        {
            PatternNode alternative = choice.Alternatives[i];
            if (i == choice.Alternatives.Count - 1)
            {
                Add(alternative);
                break;
            }

            (CodePointSet first, bool empty) = PatternAnalysis.Start(alternative);
            int guard = empty ? -1 : Emit(new PatternStep(PatternOperation.Guard, first));
            int attempt = !empty && ExcludesRest(first, choice.Alternatives.Skip(i + 1)) ? -1 : Emit(new PatternStep(PatternOperation.Try));
            Add(alternative);
            ends.Add(Emit(new PatternStep(PatternOperation.Jump)));
            foreach (int step in new[] { guard, attempt }.Where(step => step >= 0))
            {
                PointHere(step);
            }
        }

        ends.ForEach(PointHere);
    }

    private static bool ExcludesRest(CodePointSet first, IEnumerable<PatternNode> rest) => rest.Select(PatternAnalysis.Start)
        .All(other => !other.CanBeEmpty && other.First.Intersect(first).Ranges.Count == 0);

    private void AddNested(PatternStep opening, PatternNode body)
    {
        int step = Emit(opening);
        Add(body);
        Emit(new PatternStep(PatternOperation.Accept));
        PointHere(step);
    }

    private void AddLook(PatternNode.Look look)
    {
        if (!look.Behind)
        {
            AddNested(new PatternStep(look.Negative ? PatternOperation.LookAheadNot : PatternOperation.LookAhead), look.Body);
            return;
        }

        (long min, long max) = PatternAnalysis.Length(look.Body);
        if (max > LongestLookBehind)
        {
            throw new PatternSyntaxException(_pattern, 0, $"a look-behind may reach back {LongestLookBehind} characters at most");
        }

        PatternOperation operation = look.Negative ? PatternOperation.LookBehindNot : PatternOperation.LookBehind;
        AddNested(new PatternStep(operation, Low: (int)min, High: (int)max), look.Body);
    }

    private void AddRepeat(PatternNode.Repeat repeat)
    {
        if (repeat is { Body: PatternNode.OneOf one, Lazy: false })
        {
            Emit(new PatternStep(PatternOperation.Loop, one.Set, repeat.Min, repeat.Max));
            return;
        }

        for (int i = 0; i < repeat.Min; i++)
        {
            Add(repeat.Body);
        }

        if (repeat.Max == int.MaxValue)
        {
            AddEndless(repeat);
            return;
        }

        List<int> exits = [];
        for (int i = repeat.Min; i < repeat.Max; i++)
        {
            exits.Add(EmitExit(repeat));
            Add(repeat.Body);
        }

        exits.ForEach(PointHere);
    }

    private void AddEndless(PatternNode.Repeat repeat)
    {
        int start = _steps.Count;
        int exit = EmitExit(repeat);
        if (PatternAnalysis.Start(repeat.Body).CanBeEmpty)
        {
            int register = Registers++;
            Emit(new PatternStep(PatternOperation.Mark, Low: register));
            Add(repeat.Body);
            int still = Emit(new PatternStep(PatternOperation.LeaveIfStill, Low: register));
            Emit(new PatternStep(PatternOperation.Jump, Target: start));
            PointHere(still);
        }
        else
        {
            Add(repeat.Body);
            Emit(new PatternStep(PatternOperation.Jump, Target: start));
        }

        PointHere(exit);
    }

    private int EmitExit(PatternNode.Repeat repeat) =>
        Emit(new PatternStep(repeat.Lazy ? PatternOperation.TryTarget : PatternOperation.Try));
}
