// expect: none
using Peft.Declarative;
using Peft.Declarative.Models;
namespace Shop;
[Lora(rank: 4)] public sealed partial class System : LlamaForCausalLM;
