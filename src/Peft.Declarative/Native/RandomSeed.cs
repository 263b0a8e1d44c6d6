using static TorchSharp.torch;

namespace Peft.Declarative.Native;

/// <summary>A random seed for the length of a scope. Afterwards the random numbers of the CPU continue as if the scope had not been.</summary>
/// <remarks>TorchSharp cannot save the state of a GPU's generator, which keeps the seed.</remarks>
public sealed class RandomSeed : IDisposable
{
    private readonly Tensor _state = random.get_rng_state().DetachFromDisposeScope();

    private RandomSeed()
    {
    }

    /// <summary>Saves the state of the random number generator, and sets the seed.</summary>
    /// <param name="seed">The seed.</param>
    public static RandomSeed Use(long seed)
    {
        var saved = new RandomSeed();
        random.manual_seed(seed);
        return saved;
    }

    /// <summary>Restores the saved state.</summary>
    public void Dispose()
    {
        random.set_rng_state(_state);
        _state.Dispose();
    }
}
