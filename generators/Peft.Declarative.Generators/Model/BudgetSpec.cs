namespace Peft.Declarative.Generators.Model;

/// <summary>What [Budget] allows; 0 for no limit.</summary>
internal sealed record BudgetSpec(long MaxTrainable, double MaxMemoryGiB, Place Place);
