using static TorchSharp.torch;

namespace Peft.Declarative.Training.Optimizers;

/// <summary>
/// Where the states of an optimizer are between two steps: beside the parameters, or paged, in host memory that a GPU reads directly, so that they take none of its
/// memory while activations do. bitsandbytes pages with CUDA's unified memory (Dettmers et al. 2023, arXiv 2305.14314, section 3), which libtorch does not offer.
/// </summary>
/// <param name="IsPaged">Whether they are in host memory.</param>
internal readonly record struct StateHome(bool IsPaged)
{
    /// <summary>The device of the states of a parameter.</summary>
    internal Device Of(Tensor parameter) => IsPaged ? CPU : parameter.device;

    /// <summary>Gives memory that is new the properties that a GPU wants.</summary>
    /// <param name="state">A new tensor on the device of <see cref="Of"/>.</param>
    /// <param name="parameter">Its parameter.</param>
    internal Tensor Prepare(Tensor state, Tensor parameter) =>
        IsPaged && parameter.device_type == DeviceType.CUDA && state.numel() > 0 ? state.pin_memory() : state;

    /// <summary>Gets a state beside its parameter, for one step: itself, or a copy.</summary>
    internal Tensor Bring(Tensor state, Device device) => IsPaged ? state.to(device, copy: true) : state;

    /// <summary>Stores what a step has made of the copy.</summary>
    internal void Return(Tensor state, Tensor used)
    {
        if (IsPaged)
        {
            state.copy_(used);
        }
    }
}
