using static TorchSharp.torch;

namespace Peft.Declarative.Slots;

/// <summary>Replaces registered children of modules.</summary>
public static class SlotRegistry
{
    /// <summary>Registers <paramref name="layer"/> as the child <paramref name="name"/> and replaces a previous child of that name.</summary>
    /// <param name="parent">The module that has the child.</param>
    /// <param name="name">The name of the child, which is a part of the checkpoint name.</param>
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
        parent.register_module(name, null!);   // TorchSharp rejects a name that is in use; null removes it
        parent.register_module(name, layer);
    }
}
