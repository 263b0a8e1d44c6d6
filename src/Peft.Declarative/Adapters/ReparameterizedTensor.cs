using Peft.Declarative.Layers;
using Peft.Declarative.Slots;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>
/// A learned tensor that is trained itself, or made by a network that is trained in its place, which learns faster. Once it has learnt, only the
/// tensor is needed: the adapter's file holds it, as the reference library's does, and the network is kept beside, for training on.
/// </summary>
internal sealed class ReparameterizedTensor : ExplicitModule, IKeepsType
{
    private const string NetworkName = "prompt_encoder";

    private readonly Func<Tensor> _start;
    private readonly Func<TensorNetwork>? _draw;
    private Parameter? _trained;
    private TensorNetwork? _network;
    private bool _isMade;

    /// <param name="key">Name of the tensor in the adapter's file.</param>
    /// <param name="start">Its first value where it is trained itself.</param>
    /// <param name="network">Draws the network that makes it; null if there is none.</param>
    internal ReparameterizedTensor(string key, Func<Tensor> start, Func<TensorNetwork>? network = null)
        : base(nameof(ReparameterizedTensor))
    {
        (Key, _start, _draw) = (key, start, network);
        IsMade = network is not null;
    }

    bool IKeepsType.KeepsType => true;

    /// <summary>Name in the adapter's file.</summary>
    internal string Key { get; }

    /// <summary>Whether the network is trained, and not the tensor itself. Without a network it never is.</summary>
    internal bool IsMade
    {
        get => _isMade;
        set
        {
            _isMade = value && _draw is not null;
            if (_isMade)
            {
                _network ??= Draw();
            }
            else
            {
                _trained ??= Start();
            }
        }
    }

    /// <summary>What is trained.</summary>
    internal IEnumerable<AdapterTensor> Trained => _isMade
        ? _network!.named_parameters().Select(entry => new AdapterTensor($"{NetworkName}.{entry.name}", entry.parameter, ForTraining: true))
        : [new AdapterTensor(Key, _trained!)];

    /// <summary>The tensor of this pass.</summary>
    internal Tensor Value() => _isMade ? _network!.Make() : _trained!;

    // Drawn outside of any scope that the caller may have open: they belong to the model.
    private TensorNetwork Draw()
    {
        using DisposeScope scope = NewDisposeScope();
        TensorNetwork network = _draw!();
        foreach (Parameter parameter in network.parameters())
        {
            parameter.DetachFromDisposeScope();
        }

        register_module(NetworkName, network);
        return network;
    }

    private Parameter Start()
    {
        using IDisposable untracked = no_grad();
        using DisposeScope scope = NewDisposeScope();
        var trained = new Parameter(_start().to(ScalarType.Float32, copy: true));
        trained.DetachFromDisposeScope();
        register_parameter(Key, trained);
        return trained;
    }
}

/// <summary>A part whose tensor in the adapter's file may be made by a network, which is trained in its place.</summary>
internal interface IReparameterized : IAdapterPart
{
    /// <summary>The tensor, with its network.</summary>
    ReparameterizedTensor Learned { get; }
}
