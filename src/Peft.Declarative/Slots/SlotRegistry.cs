using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

/// <summary>Replaces a module's child in its registry.</summary>
public static class SlotRegistry
{
    /// <summary>Registers <paramref name="layer"/> as the child <paramref name="name"/>, in the place of whatever was there.</summary>
    /// <param name="parent">The module that has the child.</param>
    /// <param name="name">The child's name, which is its part of the checkpoint name.</param>
    /// <param name="layer">The new child.</param>
    /// <returns><paramref name="layer"/>, so that a field can be assigned in the same statement.</returns>
    public static TLayer Replace<TLayer>(nn.Module parent, string name, TLayer layer)
        where TLayer : nn.Module
    {
        Register(parent, name, layer);
        return layer;
    }

    internal static void Register(nn.Module parent, string name, nn.Module layer)
    {
        parent.register_module(name, null!);   // TorchSharp refuses a name that is taken; null frees it
        parent.register_module(name, layer);
    }
}
