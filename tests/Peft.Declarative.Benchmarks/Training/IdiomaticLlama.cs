using Peft.Declarative.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Benchmarks.Training;

/// <summary>The same model as somebody would write it by hand with TorchSharp's own modules. Names are the checkpoint's, so weights can be copied.</summary>
internal sealed class IdiomaticLlama : nn.Module<Tensor, Tensor>
{
    private readonly IdiomaticDecoder model;
    private readonly TorchSharp.Modules.Linear? lm_head;

    internal IdiomaticLlama(IdiomaticShape shape)
        : base(nameof(IdiomaticLlama))
    {
        model = new IdiomaticDecoder(shape);
        lm_head = shape.Config.TiesHead ? null : nn.Linear(shape.Config.HiddenSize, shape.Config.VocabularySize, hasBias: false);
        RegisterComponents();
        foreach ((string name, Parameter parameter) in named_parameters())
        {
            parameter.requires_grad = name.Contains("lora_", StringComparison.Ordinal);
        }
    }

    public override Tensor forward(Tensor ids)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor hidden = model.call(ids);
        return (lm_head is null ? nn.functional.linear(hidden, model.Embedding) : lm_head.call(hidden)).MoveToOuterDisposeScope();
    }
}

/// <summary>What the hand-written model is made for.</summary>
/// <param name="Config">The sizes.</param>
/// <param name="Time">The length of every text.</param>
/// <param name="Rank">The rank of the adapters, whose alpha is twice as much.</param>
/// <param name="Targets">The layers that have one.</param>
internal sealed record IdiomaticShape(LlamaConfig Config, int Time, int Rank, params string[] Targets)
{
    internal nn.Module<Tensor, Tensor> Linear(string name, long input, long output) =>
        Targets.Contains(name) ? new IdiomaticLora(input, output, Rank) : nn.Linear(input, output, hasBias: false);
}

/// <summary>Embedding, blocks, norm.</summary>
internal sealed class IdiomaticDecoder : nn.Module<Tensor, Tensor>
{
    private readonly TorchSharp.Modules.Embedding embed_tokens;
    private readonly ModuleList<IdiomaticBlock> layers;
    private readonly IdiomaticNorm norm;

    internal IdiomaticDecoder(IdiomaticShape shape)
        : base(nameof(IdiomaticDecoder))
    {
        embed_tokens = nn.Embedding(shape.Config.VocabularySize, shape.Config.HiddenSize);
        norm = new IdiomaticNorm(shape.Config);
        Tensor positions = arange(shape.Time, dtype: ScalarType.Int64).unsqueeze(0);
        (Tensor, Tensor) rotary = shape.Config.Rotary.At(positions, ScalarType.Float32);
        layers = nn.ModuleList(Enumerable.Range(0, shape.Config.LayerCount).Select(_ => new IdiomaticBlock(shape, rotary)).ToArray());
        RegisterComponents();
    }

    internal Parameter Embedding => embed_tokens.weight!;

    public override Tensor forward(Tensor ids)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor hidden = embed_tokens.call(ids);
        foreach (IdiomaticBlock layer in layers)
        {
            hidden = layer.call(hidden);
        }

        return norm.call(hidden).MoveToOuterDisposeScope();
    }
}

/// <summary>One block.</summary>
internal sealed class IdiomaticBlock : nn.Module<Tensor, Tensor>
{
    private readonly IdiomaticAttention self_attn;
    private readonly IdiomaticMlp mlp;
    private readonly IdiomaticNorm input_layernorm;
    private readonly IdiomaticNorm post_attention_layernorm;

    internal IdiomaticBlock(IdiomaticShape shape, (Tensor Cosine, Tensor Sine) rotary)
        : base(nameof(IdiomaticBlock))
    {
        self_attn = new IdiomaticAttention(shape, rotary);
        mlp = new IdiomaticMlp(shape);
        input_layernorm = new IdiomaticNorm(shape.Config);
        post_attention_layernorm = new IdiomaticNorm(shape.Config);
        RegisterComponents();
    }

    public override Tensor forward(Tensor hidden)
    {
        using DisposeScope scope = NewDisposeScope();
        hidden = hidden + self_attn.call(input_layernorm.call(hidden));
        return (hidden + mlp.call(post_attention_layernorm.call(hidden))).MoveToOuterDisposeScope();
    }
}

/// <summary>Attention with rotary positions.</summary>
internal sealed class IdiomaticAttention : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> q_proj;
    private readonly nn.Module<Tensor, Tensor> k_proj;
    private readonly nn.Module<Tensor, Tensor> v_proj;
    private readonly nn.Module<Tensor, Tensor> o_proj;
    private readonly (Tensor Cosine, Tensor Sine) _rotary;
    private readonly LlamaConfig _config;

    internal IdiomaticAttention(IdiomaticShape shape, (Tensor Cosine, Tensor Sine) rotary)
        : base(nameof(IdiomaticAttention))
    {
        (_config, _rotary) = (shape.Config, rotary);
        long wide = _config.HeadCount * _config.HeadSize;
        long narrow = _config.KeyValueHeadCount * _config.HeadSize;
        q_proj = shape.Linear(nameof(q_proj), _config.HiddenSize, wide);
        k_proj = shape.Linear(nameof(k_proj), _config.HiddenSize, narrow);
        v_proj = shape.Linear(nameof(v_proj), _config.HiddenSize, narrow);
        o_proj = shape.Linear(nameof(o_proj), wide, _config.HiddenSize);
        RegisterComponents();
    }

    public override Tensor forward(Tensor hidden)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor queries = Rotate(Heads(q_proj.call(hidden)));
        Tensor keys = Shared(Rotate(Heads(k_proj.call(hidden))));
        Tensor values = Shared(Heads(v_proj.call(hidden)));
        Tensor seen = nn.functional.scaled_dot_product_attention(queries, keys, values, is_casual: true);
        return o_proj.call(seen.transpose(1, 2).reshape(hidden.shape)).MoveToOuterDisposeScope();
    }

    private Tensor Heads(Tensor x) => x.view(x.shape[0], x.shape[1], -1, _config.HeadSize).transpose(1, 2);

    private Tensor Shared(Tensor x) =>
        _config.KeyValueHeadCount == _config.HeadCount ? x : x.repeat_interleave(_config.HeadCount / _config.KeyValueHeadCount, dim: 1);

    private Tensor Rotate(Tensor x)
    {
        Tensor[] halves = x.chunk(2, -1);
        return (x * _rotary.Cosine) + (cat([-halves[1], halves[0]], -1) * _rotary.Sine);
    }
}

/// <summary>Gated feed-forward network.</summary>
internal sealed class IdiomaticMlp : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> gate_proj;
    private readonly nn.Module<Tensor, Tensor> up_proj;
    private readonly nn.Module<Tensor, Tensor> down_proj;

    internal IdiomaticMlp(IdiomaticShape shape)
        : base(nameof(IdiomaticMlp))
    {
        gate_proj = shape.Linear(nameof(gate_proj), shape.Config.HiddenSize, shape.Config.IntermediateSize);
        up_proj = shape.Linear(nameof(up_proj), shape.Config.HiddenSize, shape.Config.IntermediateSize);
        down_proj = shape.Linear(nameof(down_proj), shape.Config.IntermediateSize, shape.Config.HiddenSize);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        return down_proj.call(nn.functional.silu(gate_proj.call(x)) * up_proj.call(x)).MoveToOuterDisposeScope();
    }
}

/// <summary>RMSNorm; TorchSharp has none.</summary>
internal sealed class IdiomaticNorm : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly double _epsilon;

    internal IdiomaticNorm(LlamaConfig config)
        : base(nameof(IdiomaticNorm))
    {
        weight = nn.Parameter(ones(config.HiddenSize));
        _epsilon = config.NormEpsilon;
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        return (x * rsqrt(x.pow(2).mean([-1], keepdim: true) + _epsilon) * weight).MoveToOuterDisposeScope();
    }
}

/// <summary>A frozen linear layer with LoRA beside it, as in any tutorial.</summary>
internal sealed class IdiomaticLora : nn.Module<Tensor, Tensor>
{
    private const double Scaling = 2;

    private readonly Parameter weight;
    private readonly Parameter lora_A;
    private readonly Parameter lora_B;

    internal IdiomaticLora(long input, long output, int rank)
        : base(nameof(IdiomaticLora))
    {
        weight = nn.Parameter(zeros(output, input));
        lora_A = nn.Parameter(zeros(rank, input));
        lora_B = nn.Parameter(zeros(output, rank));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor low = nn.functional.linear(nn.functional.linear(x, lora_A), lora_B);
        return (nn.functional.linear(x, weight) + (low * Scaling)).MoveToOuterDisposeScope();
    }
}
