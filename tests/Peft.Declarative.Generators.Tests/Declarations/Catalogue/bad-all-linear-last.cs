// expect: PEFT110 at "q_proj", "all-linear"
using Peft.Declarative;
using Peft.Declarative.Models;
[Vera(Targets = ["q_proj", "all-linear"])]
public sealed partial class Persona : LlamaForCausalLM;
