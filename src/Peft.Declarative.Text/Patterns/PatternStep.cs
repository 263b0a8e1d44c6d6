namespace Peft.Declarative.Text.Patterns;

/// <summary>One step of a compiled pattern; what the fields mean depends on the operation.</summary>
internal record struct PatternStep(PatternOperation Operation, CodePointSet? Set = null, int Low = 0, int High = 0, int Target = -1);
