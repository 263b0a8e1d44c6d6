namespace Peft.Declarative.Generators.Model;

/// <summary>Why generated code cannot put an adapter into a slot.</summary>
internal enum SlotObstacle
{
    None,

    /// <summary>The member has one of TorchSharp's sealed layer types.</summary>
    SealedType,

    /// <summary>The member has some other type that is not <c>Module&lt;Tensor, Tensor&gt;</c>.</summary>
    OtherType,

    /// <summary>The field is readonly.</summary>
    ReadOnly,

    /// <summary>The member, or one on the way to it, is not accessible from the model.</summary>
    Hidden,

    /// <summary>The layer is an element of a container that cannot replace its elements.</summary>
    InContainer,
}
