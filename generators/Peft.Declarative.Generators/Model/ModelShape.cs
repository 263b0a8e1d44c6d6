namespace Peft.Declarative.Generators.Model;

/// <summary>The properties of the class besides its layers on which generated members depend.</summary>
/// <param name="IsPretrained">Whether it derives from PretrainedModel; otherwise it is a user's own module.</param>
/// <param name="PromptStacks">The number of stacks of blocks for which a soft prompt has virtual tokens.</param>
/// <param name="IsTensorToTensor">Whether it derives from Module&lt;Tensor, Tensor&gt;.</param>
/// <param name="Config">The type of its config; empty if it cannot be created from one.</param>
/// <param name="HasConfigConstructor">Whether the user wrote the constructor with the config.</param>
/// <param name="HidesFactories">Whether a base class has FromPretrained, which the generated one hides.</param>
/// <param name="UserMembers">The members that the user wrote with names that would be generated.</param>
internal sealed record ModelShape(
    bool IsPretrained,
    int PromptStacks,
    bool IsTensorToTensor,
    string Config,
    bool HasConfigConstructor,
    bool HidesFactories,
    EquatableArray<string> UserMembers)
{
    /// <summary>The members of such names with another meaning, which has been reported.</summary>
    public EquatableArray<string> ClashingMembers { get; init; }

    /// <summary>The required members, whose values a factory does not know.</summary>
    public EquatableArray<string> RequiredMembers { get; init; }

    /// <summary>Whether the constructor with the config is generated.</summary>
    public bool WritesConstructor { get; init; }

    /// <summary>Whether factories can create an object. If not, the reason has been reported.</summary>
    public bool CanConstruct { get; init; } = true;

    public bool IsSealed { get; init; }

    /// <summary>Whether only the constructor is generated, because a base class already has the other members.</summary>
    public bool ConstructorOnly { get; init; }

    /// <summary>The name of the field for the set of adapters, which no member of the user has.</summary>
    public string AdaptersField { get; init; } = "_adapters";

    internal bool CanTrain => IsPretrained || IsTensorToTensor || UserMembers.Contains("SumLoss");
}
