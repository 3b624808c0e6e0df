// Five bodies under gravity: double arithmetic, square roots, an array of structs.
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define STEPS 5000000
#define PI 3.141592653589793
#define SOLAR_MASS (4.0 * PI * PI)
#define DAYS 365.24

typedef struct { double x, y, z, vx, vy, vz, mass; } Body;

static void offset_momentum(Body bodies[5]) {
    double px = 0.0;
    double py = 0.0;
    double pz = 0.0;
    for (size_t i = 0; i < 5; i++) {
        px += bodies[i].vx * bodies[i].mass;
        py += bodies[i].vy * bodies[i].mass;
        pz += bodies[i].vz * bodies[i].mass;
    }
    bodies[0].vx = -px / SOLAR_MASS;
    bodies[0].vy = -py / SOLAR_MASS;
    bodies[0].vz = -pz / SOLAR_MASS;
}

static void advance(Body bodies[5], double dt) {
    for (size_t i = 0; i < 5; i++) {
        for (size_t j = i + 1; j < 5; j++) {
            double dx = bodies[i].x - bodies[j].x;
            double dy = bodies[i].y - bodies[j].y;
            double dz = bodies[i].z - bodies[j].z;
            double square = dx * dx + dy * dy + dz * dz;
            double pull = dt / (square * sqrt(square));
            double mass_i = bodies[i].mass;
            double mass_j = bodies[j].mass;
            bodies[i].vx -= dx * mass_j * pull;
            bodies[i].vy -= dy * mass_j * pull;
            bodies[i].vz -= dz * mass_j * pull;
            bodies[j].vx += dx * mass_i * pull;
            bodies[j].vy += dy * mass_i * pull;
            bodies[j].vz += dz * mass_i * pull;
        }
    }
    for (size_t i = 0; i < 5; i++) {
        bodies[i].x += dt * bodies[i].vx;
        bodies[i].y += dt * bodies[i].vy;
        bodies[i].z += dt * bodies[i].vz;
    }
}

static double energy(const Body bodies[5]) {
    double sum = 0.0;
    for (size_t i = 0; i < 5; i++) {
        double vx = bodies[i].vx;
        double vy = bodies[i].vy;
        double vz = bodies[i].vz;
        sum += 0.5 * bodies[i].mass * (vx * vx + vy * vy + vz * vz);
        for (size_t j = i + 1; j < 5; j++) {
            double dx = bodies[i].x - bodies[j].x;
            double dy = bodies[i].y - bodies[j].y;
            double dz = bodies[i].z - bodies[j].z;
            sum -= bodies[i].mass * bodies[j].mass / sqrt(dx * dx + dy * dy + dz * dz);
        }
    }
    return sum;
}

static uint64_t work(void) {
    Body bodies[5] = {
        { 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, SOLAR_MASS },
        {
            4.84143144246472090e+00, -1.16032004402742839e+00, -1.03622044471123109e-01,
            1.66007664274403694e-03 * DAYS, 7.69901118419740425e-03 * DAYS, -6.90460016972063023e-05 * DAYS,
            9.54791938424326609e-04 * SOLAR_MASS,
        },
        {
            8.34336671824457987e+00, 4.12479856412430479e+00, -4.03523417114321381e-01,
            -2.76742510726411000e-03 * DAYS, 4.99852801234917238e-03 * DAYS, 2.30417297573763929e-05 * DAYS,
            2.85885980666130812e-04 * SOLAR_MASS,
        },
        {
            1.28943695621391310e+01, -1.51111514016986312e+01, -2.23307578892655734e-01,
            2.96460137564761618e-03 * DAYS, 2.37847173959480950e-03 * DAYS, -2.96589568540237556e-05 * DAYS,
            4.36624404335156298e-05 * SOLAR_MASS,
        },
        {
            1.53796971148509165e+01, -2.59193146099879641e+01, 1.79258772950371181e-01,
            2.68067772490389322e-03 * DAYS, 1.62824170038242295e-03 * DAYS, -9.51592254519715870e-05 * DAYS,
            5.15138902046611451e-05 * SOLAR_MASS,
        },
    };
    offset_momentum(bodies);
    for (uint32_t step = 0; step < STEPS; step++) {
        advance(bodies, 0.01);
    }
    double result = energy(bodies);
    uint64_t bits;
    memcpy(&bits, &result, sizeof bits);
    return bits;
}

int main(void) {
    printf("%" PRIu64 "\n", work());
}
