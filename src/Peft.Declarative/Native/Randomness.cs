using TorchSharp;
using static TorchSharp.torch;

namespace Peft.Declarative.Native;

/// <summary>The saved state of a device's random number generator. The backward pass restores it, so that dropout drops the same elements again.</summary>
/// <remarks>TorchSharp can save the state of the CPU's generator but not that of a GPU's. On a GPU, this class sets a new random seed and stores it.</remarks>
internal sealed class Randomness : IDisposable
{
    private readonly Tensor? _state;
    private readonly long _seed;

    private Randomness(Device device)
    {
        if (device.type == DeviceType.CPU)
        {
            _state = random.get_rng_state().DetachFromDisposeScope();
            return;
        }

        using Tensor seed = randint(long.MaxValue, [1], dtype: ScalarType.Int64);
        _seed = seed.item<long>();
        cuda.manual_seed(_seed);
    }

    /// <summary>Saves the current state of the device's generator.</summary>
    internal static Randomness Mark(Device device) => new(device);

    /// <summary>Restores the saved state.</summary>
    internal void Return()
    {
        if (_state is not null)
        {
            random.set_rng_state(_state);
        }
        else
        {
            cuda.manual_seed(_seed);
        }
    }

    public void Dispose() => _state?.Dispose();
}
