namespace Peft.Declarative.Generators.Model;

/// <summary>What the class is besides its layers, as far as generated members depend on it.</summary>
/// <param name="IsPretrained">Whether it derives from PretrainedModel; otherwise it is a module of the user's own.</param>
/// <param name="PromptStacks">For how many stacks of blocks a soft prompt has vectors.</param>
/// <param name="IsTensorToTensor">Whether it derives from Module&lt;Tensor, Tensor&gt;.</param>
/// <param name="Config">Config type that it is made of; empty if it cannot be made of one.</param>
/// <param name="HasConfigConstructor">Whether the user wrote the constructor that takes the config.</param>
/// <param name="HidesFactories">Whether a base class has FromPretrained, which the generated one hides.</param>
/// <param name="UserMembers">Members that the user wrote under names that would be generated.</param>
internal sealed record ModelShape(
    bool IsPretrained,
    int PromptStacks,
    bool IsTensorToTensor,
    string Config,
    bool HasConfigConstructor,
    bool HidesFactories,
    EquatableArray<string> UserMembers)
{
    /// <summary>Members of such names that are something else, which has been reported.</summary>
    public EquatableArray<string> ClashingMembers { get; init; }

    /// <summary>Members that every object must be given a value for, which a factory does not know.</summary>
    public EquatableArray<string> RequiredMembers { get; init; }

    /// <summary>Whether the constructor that takes the config is generated.</summary>
    public bool WritesConstructor { get; init; }

    /// <summary>Whether factories can make an object; what keeps them from it has been reported.</summary>
    public bool CanConstruct { get; init; } = true;

    public bool IsSealed { get; init; }

    /// <summary>Whether nothing but the constructor is generated, because a base class has the other members already.</summary>
    public bool ConstructorOnly { get; init; }

    /// <summary>Name of the field behind the set of adapters, which no member of the user's has.</summary>
    public string AdaptersField { get; init; } = "_adapters";

    internal bool CanTrain => IsPretrained || IsTensorToTensor || UserMembers.Contains("SumLoss");
}
