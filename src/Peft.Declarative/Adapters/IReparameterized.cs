using Peft.Declarative.Slots;

namespace Peft.Declarative.Adapters;

/// <summary>A part whose tensor in the adapter's file may be made by a network, which is trained in its place.</summary>
internal interface IReparameterized : IAdapterPart
{
    /// <summary>The tensor, with its network.</summary>
    ReparameterizedTensor Learned { get; }
}
