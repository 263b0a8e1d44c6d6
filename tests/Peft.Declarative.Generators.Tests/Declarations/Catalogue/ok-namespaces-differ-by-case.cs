// expect: none
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 4)]
public sealed partial class Persona : LlamaForCausalLM;
namespace Shop { [Lora(rank: 4)] public sealed partial class Clerk : LlamaForCausalLM; }
namespace SHOP { [Lora(rank: 4)] public sealed partial class Clerk : LlamaForCausalLM; }
