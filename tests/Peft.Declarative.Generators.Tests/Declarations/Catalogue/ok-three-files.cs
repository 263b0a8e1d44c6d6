// expect: none
// adapts: q, k
// file: A.cs
using Peft.Declarative;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
public sealed partial class Tiny : Module<Tensor, Tensor> { private readonly Module<Tensor, Tensor> embed = Embedding(64, 32), head = Linear(32, 64); private Module<Tensor, Tensor> q = Linear(32, 32); public Tiny() : base(nameof(Tiny)) => RegisterComponents(); public override Tensor forward(Tensor ids) => head.call(k.call(q.call(embed.call(ids)))); }
// file: B.cs
using Peft.Declarative;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
[Lora(rank: 2, Targets = ["q"])] partial class Tiny;
// file: C.cs
using Peft.Declarative;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
partial class Tiny { [Ia3(Name = "keys")] private Module<Tensor, Tensor> k = Linear(32, 32); }
