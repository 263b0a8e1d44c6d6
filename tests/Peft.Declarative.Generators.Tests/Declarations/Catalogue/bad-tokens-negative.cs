// expect: PEFT202 at -5
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8, TrainableTokens = [-5])]
public sealed partial class Persona : LlamaForCausalLM;
