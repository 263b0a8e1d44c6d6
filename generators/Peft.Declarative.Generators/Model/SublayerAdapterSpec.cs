using Peft.Declarative.Targeting;

namespace Peft.Declarative.Generators.Model;

/// <summary>A declared adapter that stands after or beside sublayers: which, and in which blocks.</summary>
internal abstract record SublayerAdapterSpec : AdapterSpec
{
    /// <summary>Sublayers by the names of declarations.</summary>
    public required EquatableArray<string> Targets { get; init; }

    public required double Reduction { get; init; }

    /// <summary>Reductions of blocks that differ; the keys are numbers of blocks.</summary>
    public EquatableArray<PatternEntry> ReductionPattern { get; init; }

    public EquatableArray<int> LeaveOut { get; init; }
}
