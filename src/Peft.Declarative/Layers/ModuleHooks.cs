using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>Hooks that a user has registered. A layer that has some must be called, and cannot be computed together with others.</summary>
internal static class ModuleHooks
{
    /// <summary>Whether anything runs before or after the forward function of a layer.</summary>
    internal static bool Any(nn.Module<Tensor, Tensor> layer) =>
        Of<Func<nn.Module<Tensor, Tensor>, Tensor, Tensor>, Func<nn.Module<Tensor, Tensor>, Tensor, Tensor, Tensor>>.Any(layer);

    private static class Of<TBefore, TAfter>
    {
        internal static bool Any(nn.HookableModule<TBefore, TAfter> layer) =>
            Before(layer).Count + After(layer).Count + ModuleBefore(layer).Count + ModuleAfter(layer).Count > 0;

        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "pre_hooks")]
        private static extern ref Dictionary<string, TBefore> Before(nn.HookableModule<TBefore, TAfter> layer);

        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "post_hooks")]
        private static extern ref Dictionary<string, TAfter> After(nn.HookableModule<TBefore, TAfter> layer);

        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "module_pre_hooks")]
        private static extern ref Dictionary<string, Action<nn.Module>> ModuleBefore(nn.HookableModule<TBefore, TAfter> layer);

        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "module_post_hooks")]
        private static extern ref Dictionary<string, Action<nn.Module>> ModuleAfter(nn.HookableModule<TBefore, TAfter> layer);
    }
}
