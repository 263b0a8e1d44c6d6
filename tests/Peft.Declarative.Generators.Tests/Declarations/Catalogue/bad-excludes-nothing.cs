// expect: PEFT111 at "k_proj"
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8, Targets = ["q_proj"], Exclude = ["k_proj"])]
public sealed partial class Persona : LlamaForCausalLM;
