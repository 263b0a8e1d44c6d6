using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Benchmarks.Training;

/// <summary>The step as idiomatic hand-written TorchSharp: stock modules, optimiser and clipping, one scope, the loss printed.</summary>
internal sealed class IdiomaticStep : ITrainingStep
{
    private readonly IdiomaticLlama _model;
    private readonly long _vocabulary;
    private readonly optim.Optimizer _optimizer;
    private readonly Parameter[] _trainable;
    private readonly Tensor[] _batches;
    private int _next;

    /// <param name="shape">What the model is made for.</param>
    /// <param name="start">Takes over its weights, so that both do the same work.</param>
    /// <param name="batches">Token ids [batch, time], taken in turn.</param>
    internal IdiomaticStep(IdiomaticShape shape, PretrainedModel start, Tensor[] batches)
    {
        _batches = batches;
        _model = new IdiomaticLlama(shape);
        _vocabulary = shape.Config.VocabularySize;
        CopyWeights(start);
        _trainable = [.. _model.parameters().Where(parameter => parameter.requires_grad)];
        _optimizer = optim.AdamW(_trainable, lr: 1e-4, weight_decay: 0.01);
        _model.train();
    }

    public string Name => "idiomatic TorchSharp";

    public double Run()
    {
        using DisposeScope step = NewDisposeScope();
        Tensor ids = _batches[_next++ % _batches.Length];
        Tensor logits = _model.call(ids);
        Tensor predictions = logits[.., ..^1].reshape(-1, _vocabulary);
        Tensor loss = nn.functional.cross_entropy(predictions, ids[.., 1..].reshape(-1));
        _optimizer.zero_grad();
        loss.backward();
        nn.utils.clip_grad_norm_(_trainable, 1.0);
        _optimizer.step();
        return loss.ToSingle();
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _model.Dispose();
    }

    private void CopyWeights(PretrainedModel start)
    {
        using IDisposable quiet = no_grad();
        Dictionary<string, Parameter> ours = start.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter);
        Dictionary<string, Parameter> adapters = start.TrainableParameters.ToDictionary(
            parameter => parameter.Name[(parameter.Name.IndexOf("model.layers", StringComparison.Ordinal))..].Replace(".weight", "", StringComparison.Ordinal),
            parameter => parameter.Value);
        foreach ((string name, Parameter mine) in _model.named_parameters())
        {
            mine.copy_(adapters.TryGetValue(name, out Parameter? adapter) ? adapter : ours[name]);
        }
    }
}
