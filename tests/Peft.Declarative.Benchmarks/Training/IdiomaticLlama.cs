using Peft.Declarative.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Benchmarks.Training;

/// <summary>The same model as somebody would write it by hand with TorchSharp's own modules. Names are the checkpoint's, so weights can be copied.</summary>
internal sealed class IdiomaticLlama : nn.Module<Tensor, Tensor>
{
    private readonly IdiomaticDecoder model;
    private readonly TorchSharp.Modules.Linear lm_head;

    internal IdiomaticLlama()
        : base(nameof(IdiomaticLlama))
    {
        model = new IdiomaticDecoder();
        lm_head = nn.Linear(BenchmarkModel.Shape.HiddenSize, BenchmarkModel.Shape.VocabularySize, hasBias: false);
        RegisterComponents();
        foreach ((string name, Parameter parameter) in named_parameters())
        {
            parameter.requires_grad = name.Contains("lora_", StringComparison.Ordinal);
        }
    }

    public override Tensor forward(Tensor ids)
    {
        using DisposeScope scope = NewDisposeScope();
        return lm_head.call(model.call(ids)).MoveToOuterDisposeScope();
    }
}

/// <summary>Embedding, blocks, norm.</summary>
internal sealed class IdiomaticDecoder : nn.Module<Tensor, Tensor>
{
    private readonly TorchSharp.Modules.Embedding embed_tokens;
    private readonly ModuleList<IdiomaticBlock> layers;
    private readonly IdiomaticNorm norm;
    private readonly Tensor cosine;
    private readonly Tensor sine;

    internal IdiomaticDecoder()
        : base(nameof(IdiomaticDecoder))
    {
        var shape = BenchmarkModel.Shape;
        embed_tokens = nn.Embedding(shape.VocabularySize, shape.HiddenSize);
        norm = new IdiomaticNorm(shape.HiddenSize);
        Tensor positions = arange(BenchmarkModel.Time, dtype: ScalarType.Int64).unsqueeze(0);
        (cosine, sine) = shape.Rotary.At(positions, ScalarType.Float32);
        layers = nn.ModuleList(Enumerable.Range(0, shape.LayerCount).Select(_ => new IdiomaticBlock(cosine, sine)).ToArray());
        RegisterComponents();
    }

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

    internal IdiomaticBlock(Tensor cosine, Tensor sine)
        : base(nameof(IdiomaticBlock))
    {
        self_attn = new IdiomaticAttention(cosine, sine);
        mlp = new IdiomaticMlp();
        input_layernorm = new IdiomaticNorm(BenchmarkModel.Shape.HiddenSize);
        post_attention_layernorm = new IdiomaticNorm(BenchmarkModel.Shape.HiddenSize);
        RegisterComponents();
    }

    public override Tensor forward(Tensor hidden)
    {
        using DisposeScope scope = NewDisposeScope();
        hidden = hidden + self_attn.call(input_layernorm.call(hidden));
        return (hidden + mlp.call(post_attention_layernorm.call(hidden))).MoveToOuterDisposeScope();
    }
}

/// <summary>Attention with rotary positions; LoRA on query and value.</summary>
internal sealed class IdiomaticAttention : nn.Module<Tensor, Tensor>
{
    private readonly IdiomaticLora q_proj;
    private readonly TorchSharp.Modules.Linear k_proj;
    private readonly IdiomaticLora v_proj;
    private readonly TorchSharp.Modules.Linear o_proj;
    private readonly (Tensor Cosine, Tensor Sine) _rotary;

    internal IdiomaticAttention(Tensor cosine, Tensor sine)
        : base(nameof(IdiomaticAttention))
    {
        long width = BenchmarkModel.Shape.HiddenSize;
        q_proj = new IdiomaticLora(width, width);
        k_proj = nn.Linear(width, width, hasBias: false);
        v_proj = new IdiomaticLora(width, width);
        o_proj = nn.Linear(width, width, hasBias: false);
        _rotary = (cosine, sine);
        RegisterComponents();
    }

    public override Tensor forward(Tensor hidden)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor queries = Rotate(Heads(q_proj.call(hidden)));
        Tensor keys = Rotate(Heads(k_proj.call(hidden)));
        Tensor values = Heads(v_proj.call(hidden));
        Tensor seen = nn.functional.scaled_dot_product_attention(queries, keys, values, is_casual: true);
        return o_proj.call(seen.transpose(1, 2).reshape(hidden.shape)).MoveToOuterDisposeScope();
    }

    private static Tensor Heads(Tensor x) => x.view(x.shape[0], x.shape[1], BenchmarkModel.Shape.HeadCount, -1).transpose(1, 2);

    private Tensor Rotate(Tensor x)
    {
        Tensor[] halves = x.chunk(2, -1);
        return (x * _rotary.Cosine) + (cat([-halves[1], halves[0]], -1) * _rotary.Sine);
    }
}

/// <summary>Gated feed-forward network.</summary>
internal sealed class IdiomaticMlp : nn.Module<Tensor, Tensor>
{
    private readonly TorchSharp.Modules.Linear gate_proj;
    private readonly TorchSharp.Modules.Linear up_proj;
    private readonly TorchSharp.Modules.Linear down_proj;

    internal IdiomaticMlp()
        : base(nameof(IdiomaticMlp))
    {
        var shape = BenchmarkModel.Shape;
        gate_proj = nn.Linear(shape.HiddenSize, shape.IntermediateSize, hasBias: false);
        up_proj = nn.Linear(shape.HiddenSize, shape.IntermediateSize, hasBias: false);
        down_proj = nn.Linear(shape.IntermediateSize, shape.HiddenSize, hasBias: false);
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

    internal IdiomaticNorm(long width)
        : base(nameof(IdiomaticNorm))
    {
        weight = nn.Parameter(ones(width));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        return (x * rsqrt(x.pow(2).mean([-1], keepdim: true) + BenchmarkModel.Shape.NormEpsilon) * weight).MoveToOuterDisposeScope();
    }
}

/// <summary>A frozen linear layer with LoRA beside it, as in any tutorial.</summary>
internal sealed class IdiomaticLora : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly Parameter lora_A;
    private readonly Parameter lora_B;

    internal IdiomaticLora(long input, long output)
        : base(nameof(IdiomaticLora))
    {
        weight = nn.Parameter(zeros(output, input));
        lora_A = nn.Parameter(zeros(BenchmarkModel.Rank, input));
        lora_B = nn.Parameter(zeros(output, BenchmarkModel.Rank));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor low = nn.functional.linear(nn.functional.linear(x, lora_A), lora_B);
        return (nn.functional.linear(x, weight) + (low * ((double)BenchmarkModel.Alpha / BenchmarkModel.Rank))).MoveToOuterDisposeScope();
    }
}
