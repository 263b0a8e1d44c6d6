namespace Peft.Declarative.Generators.Model;

/// <summary>
/// Everything that the attributes and types say about one class. Holds texts and numbers only, so it may be compared by value, and an edit
/// that changes none of them leaves the pipeline where it is.
/// </summary>
internal sealed record ModelDeclaration(
    TypeShape Type,
    ModelShape Shape,
    ModuleTreeSpec Tree,
    EquatableArray<AdapterSpec> Adapters,
    TrainingSpec Training,
    string? BaseConfig,
    Place BaseConfigPlace,
    BudgetSpec? Budget,
    AppSpec? App,
    EquatableArray<Problem> Problems)
{
    /// <summary>How the base is stored, if [Quantize] says so.</summary>
    public QuantizeSpec? Quantize { get; init; }

    /// <summary>Whether there is a class to add code to: partial, and a model.</summary>
    public required bool CanBeGenerated { get; init; }

    /// <summary>Name of the class for messages.</summary>
    public required string Name { get; init; }
}
